"""A photo from somebody's phone, made anew: it is a picture for certain, of bearable size, and tells nobody where and
with what it was taken."""

import io
import warnings

from PIL import Image, ImageOps

MOST_MEGABYTES = 8
_MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
_LONGEST_SIDE = 1600
_QUALITY = 82


class NotAPhoto(ValueError):
    """Nothing that can be shown as a picture."""


def fresh_jpeg(content: bytes) -> bytes:
    """*content* (JPEG, PNG or WebP) as a JPEG of at most 1600 pixels, turned upright, without its metadata.

    Raises NotAPhoto, also for a picture that would unpack to something enormous.
    """
    if not content or len(content) > _MOST_BYTES:
        raise NotAPhoto("empty, or too large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
                upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise NotAPhoto("cannot be read") from error
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    jpeg = io.BytesIO()
    clean.save(jpeg, "JPEG", quality=_QUALITY)
    return jpeg.getvalue()
