import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.catalog.makers import make_content, make_entry, make_social
from tests.compiling.makers import bring, exported, outcomes
from tests.parties.makers import make_actor, make_body
from tests.thorough import many

from yelin.catalog import acts
from yelin.catalog.content import ItemContent
from yelin.catalog.models import Entry
from yelin.compiling import cells

pytestmark = pytest.mark.django_db(transaction=True)

# Whatever a database column holds: no NUL and no lone surrogates.
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
words = st.one_of(
    texts, st.sampled_from(["=1+1", "'0898", "a；b、c", "１２ ", "<br>x", '"a"', "\\", "_x0041_"])
)
lists = st.lists(words.map(str.strip).filter(bool), max_size=3).map(tuple)
names = words.map(lambda text: f"项{text}".strip())
items = st.lists(
    st.builds(
        ItemContent,
        name=names,
        name_en=words,
        type=st.sampled_from("CNYDTLMGBIF"),
        length=st.sampled_from(["", "4", "10,2"]),
        nullable=st.booleans(),
        key=st.booleans(),
        unit=words,
        note=words,
        grade=st.integers(1, 4),
        sharing_type=st.sampled_from([None, "conditional", "none"]),
        opening_type=st.sampled_from([None, "unconditional"]),
    ),
    max_size=3,
    unique_by=lambda item: cells.plain(item.name),
).map(tuple)
contents = st.builds(
    make_content,
    title=words.map(lambda text: f"题{text}".strip()),
    title_en=words,
    summary=words,
    classification=st.sampled_from(["", "307010001", "3", "一二"]),
    formats=lists,
    sharing_type=st.sampled_from(["unconditional", "conditional", "none"]),
    sharing_requirements=lists,
    sharing_condition=words,
    sharing_scope=words,
    sharing_basis=words,
    opening_type=st.sampled_from(["unconditional", "conditional", "none"]),
    opening_condition=words,
    update_cycle=st.sampled_from(["realtime", "half_yearly", "never"]),
    format_description=words,
    data_scope=words,
    source_scene=words,
    office_duties=words,
    sharing_means=st.sampled_from([(), ("file",), ("disk", "mail")]),
    sharing_explanation=words,
    grade=st.integers(1, 4),
    collection_basis=words,
    themes=st.sampled_from([(), ("transport",), ("transport", "credit")]),
    keywords=lists,
    division=st.sampled_from(["", "460000"]),
    contact_office=words,
    licence=st.sampled_from(["", "hainan-open"]),
    items=items,
)


@pytest.mark.drawn(1)
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
@settings(
    max_examples=many(4, 2),
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(
    said=st.lists(
        contents, min_size=1, max_size=4, unique_by=lambda content: cells.plain(content.title)
    )
)
def test_what_is_exported_imports_back_without_a_difference(format_, said):
    body = make_body()
    steward = make_actor(body)
    for content in said:
        acts.draft(actor=steward, provider=body, content=content)
    mine = Entry.objects.filter(provider=body)
    file = exported(steward, format_, mine)
    batch = bring(file, body=body, actor=steward, name=f"c.{format_}")
    told = [(p.flaws, p.before, p.content) for p in batch.planned.all()]
    assert told == [([], None, None)] * len(said), batch.error


@pytest.mark.drawn(1)
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_social_data_goes_out_marked_and_comes_back_without_a_difference(format_):
    entry = make_social(state="registered", handing_over="consent")
    holder = make_actor(entry.provider, "representative")
    file = exported(holder, format_)
    batch = bring(file, body=entry.provider, actor=holder, name=f"c.{format_}")
    assert outcomes(batch) == {"keep": 1}
    if format_ == "csv":
        assert "社会数据" in file.decode()


def test_a_registered_entry_and_its_code_come_back_unchanged():
    entry = make_entry(state="registered")
    steward = make_actor(entry.provider)
    batch = bring(exported(steward, "xlsx"), body=entry.provider, actor=steward)
    assert outcomes(batch) == {"keep": 1}
