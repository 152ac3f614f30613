"""A message as HTML: plain, readable aloud, without pictures or anything to load."""

from html import escape

from adapters.notify.wording import Item, Wording

_BODY = (
    "margin:0;padding:16px;background:#ffffff;color:#1a1a1a;"
    "font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5"
)
_HINT = "font-family:Consolas,Menlo,monospace;color:#454545"
_LINK = "color:#004d99"

_LETTER = """
@page { size: A4; margin: 20mm 25mm 20mm 25mm }
body { font: 12pt/1.5 Georgia, "Times New Roman", serif; color: #000; margin: 0 }
address { font-style: normal; height: 50mm; padding-top: 25mm; white-space: pre-line }
.day { text-align: right }
h1 { font-size: 14pt }
li { margin-bottom: 3mm; break-inside: avoid }
@media screen { body { max-width: 160mm; margin: 10mm auto } }
"""


def mail_page(wording: Wording) -> str:
    """Return the message as the HTML part of a mail."""
    items = "".join(_mail_item(item, wording.open_link) for item in wording.items)
    closing = "".join(_paragraphs(text) for text in wording.closing)
    return (
        f"{_head(wording, '')}"
        f'<body style="{_BODY}"><main style="max-width:640px">'
        f"{_paragraphs(wording.greeting)}{_paragraphs(wording.intro)}"
        f'<ul style="padding-left:20px">{items}</ul>{closing}'
        "</main></body></html>\n"
    )


def letter_page(wording: Wording, address: str, day: str) -> str:
    """Return the message as a page to print: address, day, text; A4."""
    items = "".join(f"<li>{escape(_spelled_out(item))}</li>" for item in wording.items)
    closing = "".join(_paragraphs(text) for text in wording.closing)
    return (
        f"{_head(wording, f'<style>{_LETTER}</style>')}"
        f"<body><address>{escape(address)}</address>"
        f'<p class="day">{escape(day)}</p><h1>{escape(wording.subject)}</h1>'
        f"{_paragraphs(wording.greeting)}{_paragraphs(wording.intro)}"
        f"<ul>{items}</ul>{closing}</body></html>\n"
    )


def _head(wording: Wording, more: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(wording.lang)}"><head>'
        '<meta charset="utf-8"><meta name="color-scheme" content="light">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(wording.subject)}</title>{more}</head>"
    )


def _mail_item(item: Item, open_link: str) -> str:
    text = escape(item.text) + "".join(f"<br>{escape(line)}" for line in item.lines)
    if item.link:
        # The text of a link says where it leads, also when it is read alone.
        label = f"{escape(open_link)}: {escape(item.link)}"
        below = f'<a href="{escape(item.link)}" style="{_LINK}">{label}</a>'
    elif item.hint:
        below = f'<code style="{_HINT}">{escape(item.hint)}</code>'
    else:
        return f'<li style="margin-bottom:12px">{text}</li>'
    return f'<li style="margin-bottom:12px">{text}<br>{below}</li>'


def _spelled_out(item: Item) -> str:
    """Return one sentence for paper, where a link must be typed."""
    return " ".join(filter(None, (item.text, *item.lines, item.link)))


def _paragraphs(text: str) -> str:
    parts = [part for part in text.strip().split("\n\n") if part]
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts)
