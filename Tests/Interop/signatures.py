"""Signatures of OpenSSF Model Signing: the official program verifies ours, and ours verifies its."""
import os
import shutil
import subprocess
from pathlib import Path

import model_signing


def pair(folder, name):
    """A pair of keys as OpenSSL makes them."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    quiet = {"check": True, "capture_output": True}
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out", private], **quiet)
    subprocess.run(["openssl", "ec", "-in", private, "-pubout", "-out", public], **quiet)
    return private, public


def official(model, public):
    """Whether the official program accepts a signed model."""
    try:
        model_signing.verifying.Config().use_elliptic_key_verifier(public_key=public).verify(
            model, model / "model.sig")
    except Exception:
        return False
    return True


def official_sign(model, private):
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


def check(cohort, model, folder):
    """Signs copies of a model both ways, and tampers with them."""
    private, public = pair(folder, "release")
    _, stranger = pair(folder, "stranger")
    for signer in ["cohort", "official"]:
        signed = folder / f"signed-{signer}" / model.parent.name
        shutil.copytree(model, signed)
        if signer == "cohort":
            subprocess.run([cohort, "models", "sign", signed, "--key", private, "-q"], check=True)
        else:
            official_sign(signed, private)
        assert official(signed, public), f"the official program refuses what {signer} signed"
        assert ours(cohort, signed, public) == 0, f"cohort refuses what {signer} signed"
        assert not official(signed, stranger), "another key is accepted officially"
        assert ours(cohort, signed, stranger) == 6, "another key is accepted"
        for name, tamper in TAMPERINGS.items():
            copy = folder / f"tampered-{signer}" / name.replace(" ", "-") / model.parent.name
            shutil.copytree(signed, copy)
            tamper(copy)
            assert not official(copy, public), f"{name} is accepted officially"
            code = ours(cohort, copy, public)
            assert code == 6, f"{name}: cohort models verify ends with {code}"
    return len(TAMPERINGS)
