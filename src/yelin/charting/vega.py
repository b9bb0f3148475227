"""The process that draws: specifications come in by lines, pictures go out by lines.

It also has the program by which a browser draws the same, compressed.

It ends with whoever started it, whose line breaks off. Nothing is loaded by a picture: neither data
from an address nor an image.
"""

import base64
import gzip
import json
import sys
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk
import vl_convert

PNG_SCALE = 2.0
# What a page needs of it to draw a chart by itself.
SNIPPET = "export { vegaEmbed };"
LICENCES = f"/*!\n{Path(__file__).with_name('vega-licences.txt').read_text()}*/\n"


def main() -> None:
    """Answer each line with a picture, or with nothing but that there is none."""
    vl_convert.register_font_directory(str(Path(manimgx_fonts_cjk.__file__).parent))
    for line in sys.stdin:
        try:
            said = {"drawn": base64.b64encode(drawn(**json.loads(line))).decode()}
        except Exception as fault:  # noqa: BLE001 - whoever asks is told that none came of it
            said = {"fault": type(fault).__name__}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


def drawn(spec: dict[str, Any], form: str) -> bytes:
    """Return the picture of a specification, or the program that draws it."""
    # No address is allowed: whatever a specification says, nothing is fetched.
    nothing: list[str] = []
    if form == "js":
        return gzip.compress(f"{LICENCES}{vl_convert.javascript_bundle(SNIPPET)}".encode(), mtime=0)
    if form == "png":
        return bytes(vl_convert.vegalite_to_png(spec, scale=PNG_SCALE, allowed_base_urls=nothing))
    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=nothing)).encode()


if __name__ == "__main__":
    main()
