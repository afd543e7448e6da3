"""Bytes of the reference safetensors implementation, and what it refuses."""

import json
import pathlib
import struct

import numpy
from safetensors.numpy import save

TENSORS = {
    "steps.0.model.mean": numpy.array([1.5, -0.0, 2.0**-1074, 1e300]),
    "steps.1.model.components": numpy.array([[0.1, 0.2, 0.3], [1 / 3, 2 / 3, -1.0]]),
    "empty": numpy.zeros((0, 3)),
    "größe \"quoted\"": numpy.array([[7.0]]),
}


def packed(header: str, elements: bytes = b"") -> str:
    text = header.encode()
    return (struct.pack("<Q", len(text)) + text + elements).hex()


def entry(start: int, end: int, shape="[1]", dtype="F64") -> str:
    return '{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}' % (dtype, shape, start, end)


one = struct.pack("<d", 1.0)
good = save({"a": numpy.array([1.0, 2.0])})
fixture = {
    "bytes": save(TENSORS).hex(),
    "tensors": [
        {
            "name": name,
            "shape": list(array.shape),
            "bits": [f"{value:016x}" for value in array.ravel().view(numpy.uint64)],
        }
        for name, array in TENSORS.items()
    ],
    "refused": {
        "too short": "0100",
        "truncated": good[:-1].hex(),
        "trailing byte": (good + b"\0").hex(),
        "absurd header length": (b"\xff" * 8 + b"{}").hex(),
        "header beyond the file": (struct.pack("<Q", 100) + b"{}").hex(),
        "header is a list": packed("[]"),
        "header starts with space": packed(" {}"),
        "hole": packed('{"a":%s,"b":%s}' % (entry(0, 8), entry(16, 24)), one * 3),
        "overlap": packed('{"a":%s,"b":%s}' % (entry(0, 8), entry(0, 8)), one),
        "repeated key": packed('{"a":%s,"a":%s}' % (entry(0, 8), entry(8, 16)), one * 2),
        "shape too small": packed('{"a":%s}' % entry(0, 16), one * 2),
        "shape overflows": packed('{"a":%s}' % entry(0, 8, "[4611686018427387904,4,4]"), one),
        "negative side": packed('{"a":%s}' % entry(0, 8, "[-1]"), one),
        "end before start": packed('{"a":%s}' % entry(8, 0), one),
        "other element type": packed('{"a":%s}' % entry(0, 8, "[2]", "F32"), one),
        "unknown field": packed('{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8],"b":1}}', one),
    },
}
path = pathlib.Path(__file__).parent.parent / "tensor_file.json"
path.write_text(json.dumps(fixture, indent=1) + "\n")
