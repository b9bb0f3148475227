"""The codes of the catalog: of resources, one after the other, and of what they stand under."""

from django.db import connection, models
from django.db.models import Q

from yelin.parties.models import Body
from yelin.things.models import Evidence, Subject


class Category(Subject):
    """A category (目) or subcategory (细目) that was laid down beyond those of the pack.

    Its code, six digits or more, is never changed and never given to another.
    """

    KIND = "category"
    ALONG = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="categories")
    code = models.CharField(max_length=18)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(name="catalog_category_once", fields=["code"]),
            models.CheckConstraint(
                name="catalog_category_code", condition=Q(code__regex=r"^[1-9]\d{5,17}$")
            ),
            models.CheckConstraint(name="catalog_category_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def evidence(self) -> Evidence:
        """Return its code, its name and who laid it down, by code."""
        return {"code": self.code, "name": self.name, "body": self.body.credit_code}


class CodeCounter(models.Model):
    """The last sequence number given out under one classification code; it never goes back."""

    classification = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.classification}/{self.last}"

    @classmethod
    def next_code(cls, classification: str) -> str:
        """Return the next resource code (信息资源代码): classification, slash, six digits."""
        # The row stays locked until commit, so numbers follow each other without gaps or doubles.
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO catalog_codecounter AS counter VALUES (%s, 1) ON CONFLICT"
                " (classification) DO UPDATE SET last = counter.last + 1 RETURNING last",
                [classification],
            )
            return f"{classification}/{cursor.fetchone()[0]:06d}"


def slug_of(code: str) -> str:
    """Return a resource code as it stands in addresses."""
    return code.replace("/", "-")


def code_of(slug: str) -> str:
    """Return the resource code that ``slug`` writes with a hyphen."""
    return slug.replace("-", "/", 1)
