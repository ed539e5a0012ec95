"""Files of people that are handed in at the desk."""

import re

from desks import entered
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

HERE = "/zh/desk/deliveries/"


def rows(county, many: int, *, name: str = "张") -> bytes:
    lines = "".join(f"{number_of(n)},{name},某路 {n} 号,330523001\n" for n in range(many))
    return f"resident_number,name,address,street\n{lines}".encode()


def number_of(n: int) -> str:
    """Return a resident number that checks."""
    body = f"33052319900101{n:03}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def sent(client: Client, county, content: bytes, *, key: str) -> str:
    """Hand in a snapshot and return the address of the page on which it is confirmed."""
    form = {"code": county.code, "kind": "snapshot", "key": key, "file": SimpleUploadedFile("甲.csv", content)}
    return client.post(HERE, form)["Location"]


def stated(client: Client, path: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(at|code|key)" value="([^"]+)"', client.get(path).content.decode()))


def waiting(county) -> bytes:
    """Let a snapshot wait that deletes nearly everything, and return its file."""
    editor = entered("editor")
    whole = sent(editor, county, rows(county, 40), key="whole")
    assert editor.post(whole, {**stated(editor, whole), "confirm": "on"}).status_code == 302
    few = sent(editor, county, rows(county, 1), key="few")
    assert editor.post(few, {**stated(editor, few), "confirm": "on"}).status_code == 302
    return rows(county, 1)


def approving(client: Client) -> dict[str, str]:
    body = client.get(HERE).content.decode()
    form = next(form for form in re.findall(r"<form.*?</form>", body, re.DOTALL) if 'name="approve"' in form)
    return dict(re.findall(r'type="hidden" name="(at|approve|code|key|kind)" value="([^"]+)"', form))
