"""The pages: each opens for who may see it, in both languages, and a step taken on a page happens."""

import ast
import re
from pathlib import Path

import pytest
from acting import PASSWORD, entries
from django.template import engines
from django.template.loaders import cached
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

import hutong.web
from hutong.control.procedures.procedure import installed
from hutong.control.sharing import queries
from hutong.core.labels import subject_of
from hutong.core.lifecycle import Lifecycle
from hutong.web.desk import menu, rooms
from hutong.web.wording import deadlines, labels, names, procedures

TEMPLATES = Path(hutong.web.__file__).parent / "templates"


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(county, language):
    no = county.draft()
    county.walk(no, to="FILED")
    public = ["", "catalog/", "catalog/?q=姓名", f"catalog/{county.code}/", "login/"]
    desk = ["desk/", "desk/applications/", f"desk/applications/{no}/", f"desk/applications/new/{county.code}/",
            "desk/entries/", "desk/entries/new/", "desk/deliveries/", "desk/grants/", "desk/records/"]  # fmt: skip
    for page in public:
        assert Client(HTTP_HOST="localhost").get(f"/{language}/{page}").status_code == 200, page
    for username in ("consumer", "operator", "editor", "authority"):
        client = entered(username)
        for page in desk:
            assert client.get(f"/{language}/{page}").status_code == 200, (username, page)
    change = county.begin_change()
    for page in (county.code, f"changes/{change}", f"changes/{change}/edit", f"versions/1/{county.code}"):
        assert entered("editor").get(f"/{language}/desk/entries/{page}/").status_code == 200, page


@pytest.mark.parametrize(("language", "name"), [("zh", "公共信息平台"), ("en", "Public Information Platform")])
def test_every_page_is_headed_by_the_county_and_the_platforms_name(county, language, name):
    for told in (name, "数据<共享>平台"):
        with override_settings(PLATFORM={language: told}):
            page = Client(HTTP_HOST="localhost").get(f"/{language}/").content.decode()
        named = f"示范县(?:</b>)? {escape(told)}"
        assert re.search(f"<title>[^<]* · {named}</title>", page)
        assert re.search(f"<span><b>{named}</span>", page)


def test_the_catalogue_is_found_by_the_name_of_an_item(county):
    assert "人口基本信息" in Client(HTTP_HOST="localhost").get("/zh/catalog/?q=住址").content.decode()
    assert "人口基本信息" not in Client(HTTP_HOST="localhost").get("/zh/catalog/?q=不动产").content.decode()


def test_the_desk_needs_a_login_and_leads_back(county):
    answer = Client(HTTP_HOST="localhost").get("/zh/desk/")
    assert (answer.status_code, answer["Location"]) == (302, "/zh/login/?next=/zh/desk/")


@pytest.mark.clause("SX-11-a")
def test_a_failed_login_leaves_an_entry_and_after_too_many_the_next_has_to_wait(county):
    for _ in range(8):
        answer = Client(HTTP_HOST="localhost").post("/zh/login/", {"username": "consumer", "password": "wrong"})
        assert answer.status_code == 401
    assert entries(county.url, "auth.failed") == 8
    answer = Client(HTTP_HOST="localhost").post("/zh/login/", {"username": "consumer", "password": PASSWORD})
    assert answer.status_code == 429
    assert "请等待1秒后再试" in answer.content.decode()


def test_an_application_is_drafted_and_lodged_on_pages(county):
    client = entered("consumer")
    form = {
        "mode": "compare", "items": ["name"], "purpose": "social-assistance", "legal_basis": "办法第八条",
        "matters": "DB-001", "system": "civil-app", "users": ["zhang"], "devices": ["pc-1"], "from_at": "2026-03-02",
        "until_at": "2027-03-02", "quota": "100", "guesses": "5",
    }  # fmt: skip
    answer = client.post(f"/zh/desk/applications/new/{county.code}/", form)
    assert answer.status_code == 302
    no = answer["Location"].split("/")[-2]
    assert client.post(f"/zh/desk/applications/{no}/", {"action": "lodge"}).status_code == 302
    assert queries.application(no, actor=county.actor("consumer")).state == "LODGED"
    assert no in entered("competent").get("/zh/desk/").content.decode()


def test_what_was_typed_stays_when_a_form_is_refused(county):
    client = entered("consumer")
    form = {"mode": "compare", "legal_basis": "一个很长的依据", "from_at": "2026-03-02", "until_at": "soon"}
    answer = client.post(f"/zh/desk/applications/new/{county.code}/", form)
    assert answer.status_code == 422
    assert "一个很长的依据" in answer.content.decode()


@pytest.mark.clause("SX-07-e")
def test_the_page_says_why_a_query_is_refused(county):
    no = county.draft_without_need()
    answer = entered("consumer").post(f"/zh/desk/applications/{no}/", {"action": "lodge"})
    assert answer.status_code == 403
    assert "SX-07-e" in answer.content.decode()


def test_pages_of_others_are_not_there(county):
    no = county.draft()
    assert entered("editor").get(f"/zh/desk/applications/{no}/").status_code == 404
    assert Client(HTTP_HOST="localhost").get("/zh/nothing/").status_code == 404


def test_a_page_loads_nothing_from_elsewhere_and_forms_are_guarded(county):
    answer = Client(HTTP_HOST="localhost").get("/zh/login/")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-cache"
    assert not re.search(r'(?:src|href)="https?:', answer.content.decode())
    guarded = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    assert guarded.post("/zh/login/", {"username": "consumer", "password": PASSWORD}).status_code == 403


def test_every_procedure_has_its_page_at_the_desk_and_every_line_of_the_menu_leads_somewhere(county):
    assert rooms.KINDS.keys() == installed().keys()
    assert rooms.page_of("sharing.application", "GX1") == "/zh/desk/applications/GX1/"
    assert rooms.page_of("catalog.change", "BG1") == "/zh/desk/entries/changes/BG1/"
    assert rooms.page_of("catalog.entry", county.code) == f"/zh/desk/entries/{county.code}/"
    client, consumer = entered("consumer"), county.actor("consumer")
    read_too = ("servers", "enrolment")  # read by others too, in the menu of who works there
    for line in menu.LINES:
        reads = line.stands(consumer) or line.start in read_too
        assert client.get(reverse(line.start)).status_code == (200 if reads else 403), line
    elsewhere = [line.start for line in menu.LINES if not line.stands(consumer)]
    assert elsewhere == ["giving", "deputies", "servers", "plans", "purges", "bindings", "officers", "enrolment"]


def words_of(life: Lifecycle) -> set[str]:
    """Return every Chinese word of a procedure that a page may show."""
    states, moves, clocks = life.states.values(), life.moves, life.clocks
    return {
        life.title, *life.conditions.values(), *(state.name for state in states),
        *(state.no_limit for state in states if state.no_limit), *(move.label for move in moves),
        *(move.aftermath for move in moves if move.aftermath), *(clock.event for clock in clocks),
        *(reason for clock in clocks for reason in clock.pauses.values()),
    }  # fmt: skip


def words_of_templates() -> set[str]:
    """Return what the templates have translated, with the names of what stands in a sentence as gettext has them."""
    found = set()
    for file in TEMPLATES.rglob("*.html"):
        body = file.read_text()
        found |= {m[2] for m in re.finditer(r"""{% trans (['"])((?:(?!\1).)+)\1(?: as \w+)? %}""", body)}
        for given, said in re.findall(r"{% blocktrans([^%]*)%}(.*?){% endblocktrans %}", body, re.S):
            said = " ".join(map(str.strip, said.strip().splitlines())) if "trimmed" in given else said
            found.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", said))
    return found


def words_of_modules() -> set[str]:
    """Return what the modules of the pages have translated by `gettext`: `said`, where a page keeps the words."""
    calls = [
        call
        for file in Path(hutong.web.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("gettext", "said", "map")
    ]
    constants = [each for call in calls for each in ast.walk(call) if isinstance(each, ast.Constant)]
    return {each.value for each in constants if isinstance(each.value, str) and re.search("[一-鿿]", each.value)}


def test_a_template_is_read_and_compiled_once_a_process():
    (loader,) = engines["django"].engine.template_loaders
    assert isinstance(loader, cached.Loader)
    assert loader.get_template("parts/table.html") is loader.get_template("parts/table.html")


def test_every_word_has_its_english():
    words = {*labels.FIELDS.values(), *labels.ITEM.values(), *(line.title for line in menu.LINES)}
    words |= {line.wider for line in menu.LINES if line.wider}
    words |= {word for listed in names.NAMES.values() for word in listed.values()}
    words |= {*procedures.HANDS.values(), *procedures.WHY.values(), *procedures.HANDLINGS.values()}
    words |= set(deadlines.RESULTS.values()) | words_of_templates() | words_of_modules()
    words = words.union(*(words_of(procedure.life) for procedure in installed().values()))
    with translation.override("en"):
        missing = {word for word in words if procedures.said("state", word) == word}
        types = {code: translation.gettext(name) for code, name in names.TYPES.items()}
    assert missing == set()
    assert types == {code: both.en for code, both in subject_of("types").items()}


def test_the_health_of_static_files(county):
    assert Client(HTTP_HOST="localhost").get("/static/hutong.css").status_code == 200
    assert Client(HTTP_HOST="localhost").get("/static/../conf.py").status_code in (400, 404)
