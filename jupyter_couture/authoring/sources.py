"""The text of Python files."""

import tokenize
from io import BytesIO


def decode_source(data: bytes) -> str:
    """The text of a Python file as Python reads it; raises ``SyntaxError`` if the encoding is wrong or unknown."""
    unknown: SyntaxError | None = None
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
    except SyntaxError as error:
        encoding, unknown = "utf-8", error
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SyntaxError(f"not {encoding} text: {error.reason}", ("", line, 0, "")) from None
    if unknown is not None:
        raise SyntaxError(unknown.msg, ("", 1, 0, ""))
    return text.replace("\r\n", "\n").replace("\r", "\n")
