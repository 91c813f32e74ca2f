"""A black-and-white PNG as a picture of a PDF, without unpacking it: both compress the same way."""

import struct
from base64 import b64decode

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

_PNG = "data:image/png;base64,"
_SIGNATURE_LENGTH = 8
_CHUNK = 12  # length, kind and checksum around the contents of a chunk
_GREY_ONE_BIT = (1, 0)  # bit depth and colour type
_PNG_PREDICTORS = 15


class NotAQrCode(ValueError):
    """Not one of our one-bit pictures."""


def qr_picture(address: str) -> generic.StreamObject:
    """The picture behind a data address of `qr_data_uri`."""
    png = b64decode(address.removeprefix(_PNG), validate=True)
    chunks = _chunks(png)
    width, height, depth, colours = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    if (depth, colours) != _GREY_ONE_BIT:
        raise NotAQrCode(f"{depth} bits of colour type {colours}")
    names = {"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": "/DeviceGray", "/Filter": "/FlateDecode"}
    numbers = {"/Width": width, "/Height": height, "/BitsPerComponent": 1}
    packed = {"/Predictor": _PNG_PREDICTORS, "/Colors": 1, "/BitsPerComponent": 1, "/Columns": width}
    return generic.StreamObject(
        {
            **{pdf_name(key): pdf_name(value) for key, value in names.items()},
            **{pdf_name(key): generic.NumberObject(value) for key, value in numbers.items()},
            pdf_name("/DecodeParms"): generic.DictionaryObject(
                {pdf_name(key): generic.NumberObject(value) for key, value in packed.items()}
            ),
        },
        encoded_data=chunks[b"IDAT"],
    )


def _chunks(png: bytes) -> dict[bytes, bytes]:
    """Kind → contents, those of one kind joined."""
    chunks: dict[bytes, bytes] = {}
    place = _SIGNATURE_LENGTH
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        chunks[kind] = chunks.get(kind, b"") + png[place + 8 : place + 8 + length]
        place += length + _CHUNK
    return chunks
