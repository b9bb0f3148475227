import pytest
from django.http import QueryDict
from tests.parties.makers import make_body

from yelin.parties.models import Body
from yelin.web.paging import cut

pytestmark = pytest.mark.django_db


def test_a_list_is_counted_only_where_it_goes_on_after_its_first_page(django_assert_num_queries):
    for _ in range(5):
        make_body()
    found = Body.objects.order_by("pk")
    every = list(found.all())
    for asked, size, queries, rows, page, pages in (
        ("", 5, 1, every, 1, 1),
        ("", 2, 2, every[:2], 1, 3),
        ("page=2", 2, 2, every[2:4], 2, 3),
        ("page=9", 2, 2, every[4:], 3, 3),
        ("page=x", 9, 1, every, 1, 1),
    ):
        with django_assert_num_queries(queries):
            told, pager = cut(found, QueryDict(asked), size)
        assert (told, pager.page, pager.pages) == (rows, page, pages)
    with django_assert_num_queries(1):
        assert cut(found, QueryDict(""), 2, total=5)[0] == every[:2]
    assert cut(found, QueryDict(""), 2, most=2)[1].pages == 2
