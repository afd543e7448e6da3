"""Signatures of OpenSSF Model Signing: the official program verifies ours, and ours verifies its."""
import os
import shutil
import subprocess
from pathlib import Path


def pair(folder, name):
    """A pair of keys as OpenSSL makes them."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    quiet = {"check": True, "capture_output": True}
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out", private], **quiet)
    subprocess.run(["openssl", "ec", "-in", private, "-pubout", "-out", public], **quiet)
    return private, public


def official(model, public):
    """Whether the official program accepts a signed model."""
    import model_signing

    try:
        model_signing.verifying.Config().use_elliptic_key_verifier(public_key=public).verify(
            model, model / "model.sig")
    except Exception:
        return False
    return True


def official_sign(model, private):
    import model_signing

    hashing = model_signing.hashing.Config().set_ignored_paths(paths=[model / "model.sig"])
    model_signing.signing.Config().use_elliptic_key_signer(private_key=private).set_hashing_config(
        hashing).sign(model, model / "model.sig")


def ours(cohort, model, public):
    """The exit code of our verification."""
    return subprocess.run([cohort, "models", "verify", model, "--key", public],
                          capture_output=True).returncode


def change(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def link(model):
    moved = model.with_name("moved-card.md")
    shutil.move(model / "card.md", moved)
    os.symlink(moved, model / "card.md")


TAMPERINGS = {
    "a changed card": lambda model: change(model / "card.md"),
    "a changed manifest": lambda model: change(model / "manifest.json"),
    "changed answers": lambda model: change(model / "evidence" / "golden.json"),
    "a changed tensor": lambda model: change(model / "model" / "tensors.safetensors"),
    "a file more": lambda model: (model / "more.txt").write_text("more"),
    "a file less": lambda model: (model / "lineage.json").unlink(),
    "a link": link,
    "a changed signature": lambda model: change(model / "model.sig"),
}


def signed(cohort, model, folder, signer, private):
    """A copy of a model with a signature."""
    copy = folder / f"signed-{signer}" / model.parent.name
    shutil.copytree(model, copy)
    if signer == "cohort":
        done = subprocess.run([cohort, "models", "sign", copy, "--key", private, "-q"],
                              capture_output=True, text=True)
        assert done.returncode == 0, f"cohort models sign ends with {done.returncode}: {done.stderr}"
    else:
        official_sign(copy, private)
    return copy


def check_accepted(cohort, copy, public, stranger):
    assert official(copy, public), "the official program refuses it"
    assert (code := ours(cohort, copy, public)) == 0, f"cohort models verify ends with {code}"
    assert not official(copy, stranger), "another key is accepted officially"
    assert (code := ours(cohort, copy, stranger)) == 6, f"another key: verify ends with {code}"


def check_refused(cohort, signed, public, tampering):
    copy = signed.parent.with_name(f"{signed.parent.name}-{tampering}".replace(" ", "-")) / signed.name
    shutil.copytree(signed, copy)
    TAMPERINGS[tampering](copy)
    assert not official(copy, public), "it is accepted officially"
    assert (code := ours(cohort, copy, public)) == 6, f"cohort models verify ends with {code}"


def check(checks, cohort, model, folder):
    """Signs copies of a model both ways, and tampers with them."""
    keys = checks.run("keys of OpenSSL", lambda: [pair(folder, name) for name in ["ours", "theirs"]])
    if not keys:
        return
    (private, public), (_, stranger) = keys
    for signer in ["cohort", "official"]:
        name = f"signed by {signer}"
        copy = checks.run(f"{name}: signing", lambda: signed(cohort, model, folder, signer, private))
        if not copy:
            continue
        checks.run(f"{name}: verified by both", lambda: check_accepted(cohort, copy, public, stranger))
        for tampering in TAMPERINGS:
            checks.run(
                f"{name}: {tampering} is refused by both",
                lambda: check_refused(cohort, copy, public, tampering))
