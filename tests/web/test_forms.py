import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from yelin.web.entry_forms import EntryForm
from yelin.web.fields import Lines
from yelin.web.item_forms import ItemFormSet


@pytest.mark.parametrize(
    "typed", ["港口,吞吐量", "港口，吞吐量", "港口、 吞吐量", "港口\n吞吐量\n", " 港口；吞吐量;"]
)
def test_a_list_is_read_however_it_is_parted(typed):
    assert Lines().clean(typed) == ["港口", "吞吐量"]


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1))
def test_a_list_that_is_shown_reads_back_the_same(words):
    field = Lines()
    assert field.clean(field.prepare_value(words)) == words


def test_a_draft_form_offers_only_what_the_pack_gives():
    form = EntryForm(
        {"division": "110000"},
        offers={"division": [("460000", "海南省")], "licence": [("cc-by-4.0", "CC BY 4.0")]},
    )
    assert "division" in form.errors


def test_each_thing_to_mend_is_counted_where_one_field_has_several():
    form = EntryForm({}, offers={"division": [], "licence": []})
    form.full_clean()
    form.add_error(None, ["一", "二"])
    shown = sum(len(each) for each in form.errors.values())
    assert shown == len(form.errors) + 1
    html = render_to_string("pieces/errors.html", {"form": form})
    assert html.count("<li>") == shown
    assert f"有 {shown} 处需要修改" in html


def test_the_item_editor_takes_more_items_than_the_widest_table():
    data = {"form-TOTAL_FORMS": "300", "form-INITIAL_FORMS": "0"}
    for at in range(300):
        data |= {f"form-{at}-name": f"列{at}", f"form-{at}-type": "C", f"form-{at}-grade": "1"}
    assert ItemFormSet(data).is_valid()


def test_a_length_with_decimals_is_written_with_a_comma():
    data = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "0",
        "form-0-name": "a",
        "form-0-type": "N",
        "form-0-grade": "1",
        "form-0-length": "12,2",
        "form-1-name": "b",
        "form-1-type": "N",
        "form-1-grade": "1",
        "form-1-length": "12.2",
    }
    formset = ItemFormSet(data)
    assert not formset.is_valid()
    assert [sorted(errors) for errors in formset.errors] == [[], ["length"]]
