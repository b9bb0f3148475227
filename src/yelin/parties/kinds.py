"""What a body is under the law, and what a seat does in it: words that need no database."""

from django.db import models


class BodyKind(models.TextChoices):
    """What a body is under the regulation (4-7, 23, 44, 52, 53)."""

    GOVERNMENT = "government", "Government"
    DEPARTMENT = "department", "Department"
    INFORMATIZATION = "informatization", "Informatization department"
    STANDARDIZATION = "standardization", "Standardization department"
    AGENCY = "agency", "Big data agency"
    SECRECY = "secrecy", "Secrecy department"
    CYBERSPACE = "cyberspace", "Cyberspace department"
    PUBLIC_SECURITY = "public_security", "Public security organ"
    STATE_SECURITY = "state_security", "State security organ"
    CRYPTOGRAPHY = "cryptography", "Cryptography department"
    COMMUNICATIONS = "communications", "Communications department"
    APPOINTING = "appointing", "Appointing organ"
    SUPERVISORY = "supervisory", "Supervisory organ"
    ENTERPRISE = "enterprise", "Enterprise"
    ASSOCIATION = "association", "Association"
    PUBLIC_UTILITY = "public_utility", "Public utility"


SOCIAL = frozenset({BodyKind.ENTERPRISE, BodyKind.ASSOCIATION, BodyKind.PUBLIC_UTILITY})


class Role(models.TextChoices):
    """What a seat does for its body."""

    STEWARD = "steward", "Data steward"
    OFFICER = "officer", "Officer"
    AUDITOR = "auditor", "Auditor"
    HEAD = "head", "Head"
    REPRESENTATIVE = "representative", "Representative"
