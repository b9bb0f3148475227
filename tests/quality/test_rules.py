from hypothesis import given
from hypothesis import strategies as st

from yelin.law import packs
from yelin.quality.rules import WHOLE, Reference, Result, Rule, Side, score

INDICATORS = ("0102", "0201", "0302", "0402", "0502", "0601")


def result(indicator, satisfying, evaluated, weight=1, **over) -> Result:
    rule = Rule(
        f"r{indicator}", "holds", indicator, ("甲",), weight, zh="甲必填", en="It is there", **over
    )
    return Result(rule, satisfying, evaluated)


def scored(*results, **weights):
    given = {code.removeprefix("w"): weight for code, weight in weights.items()}
    return score(results, packs.active().quality, given)


def test_rules_count_by_their_weight_within_a_dimension():
    assert scored(result("0201", 1, 1, 3), result("0201", 0, 1, 1)).sides == (
        Side("02", 7_500, 25),
    )


def test_a_dimension_without_rules_leaves_the_whole_to_the_others():
    assert (
        scored(result("0201", 9, 10), result("0502", 1, 1)).total == (9_000 * 25 + WHOLE * 15) // 40
    )


def test_a_rule_that_met_nothing_does_not_count():
    assert scored(result("0201", 0, 0)).total is None
    assert scored(result("0201", 0, 0), result("0302", 1, 2)).total == 5_000


def test_a_failed_veto_caps_the_whole():
    scores = scored(result("0201", 999, 1_000), result("0601", 0, 1, veto=True))
    assert (scores.total, scores.vetoes) == (5_900, ("r0601",))


def test_a_resource_may_weigh_its_dimensions_otherwise():
    assert scored(result("0201", 0, 1), result("0302", 1, 1), w02=0).total == WHOLE


def test_one_miss_among_millions_is_never_a_full_score():
    assert result("0201", 9_999_999, 10_000_000).score == WHOLE - 1


def test_what_a_manifest_says_is_read_back_as_it_was():
    refers = result("0402", 3, 4, refers_to=Reference("307010001/2", "代码"))
    for each in (refers, result("0104", 1, 1, expression="甲 > 1")):
        assert Result.read(each.said()) == each


@given(
    st.lists(
        st.tuples(st.sampled_from(INDICATORS), st.integers(0, 50), st.integers(0, 50)), max_size=9
    )
)
def test_a_score_lies_between_the_worst_and_the_best_of_its_rules(many):
    results = [result(code, min(a, b), max(a, b)) for code, a, b in many]
    found = scored(*results)
    counted = [each.score for each in results if each.evaluated]
    if counted:
        assert min(counted) <= found.total <= max(counted)
    else:
        assert found.total is None
