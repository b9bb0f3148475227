"""Every duty, right and power that the program carries out, one line each.

Code cites these objects, never article numbers; the statute pack says which provision orders each.
A mistyped duty fails at import.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty, right or power of the law around public data, by a name that outlives any article.

    ``name`` is ``subject.verb``; ``says`` is one plain English sentence (a message id).
    """

    name: str
    says: str

    def __str__(self) -> str:
        return self.name


_all: dict[str, Duty] = {}


def _duty(name: str, says: str) -> Duty:
    if name in _all:
        raise ValueError(f"duty {name} is declared twice")
    return _all.setdefault(name, Duty(name, says))


GOVERN = _duty("governance.powers", "Bodies act within the powers that the law gives them")
COUNT_TERMS = _duty(
    "terms.count", "Terms are counted as the law counts days, on the State Council's calendar"
)
COLLECT_LAWFULLY = _duty(
    "collection.lawful", "Data is collected on a lawful, proper and necessary basis"
)
COLLECT_ONCE = _duty(
    "collection.once", "What sharing gives already is not collected again from anybody"
)
PLANS_OVERALL = _duty(
    "plans.overall",
    "The overall plan is compiled, approved by the government above all and published",
)
PLANS_SPECIAL = _duty(
    "plans.special",
    "Governments and departments plan under the overall plan and file their plans as the law says",
)
STANDARDS_MAKE = _duty(
    "standards.make",
    "Standards of data are made together by the bodies that the law names, and data follows them",
)
PROCESS_RULES = _duty(
    "process_rules.make", "Rules for the whole life of government data are made and published"
)
SYSTEMS_CONNECT = _duty(
    "systems.connect",
    "Government systems, existing and new, are connected to the shared platforms",
)
PUBLIC_MONEY = _duty(
    "public_money.manage",
    "What public money builds or yields is managed as the government's own projects and resources",
)
CATALOG_COMPILE = _duty(
    "catalog.compile",
    "A department compiles, registers, updates and maintains its catalog of resources",
)
SOCIAL_CATALOG = _duty(
    "social.catalog",
    "An enterprise or association may keep a catalog of its own data, as departments keep theirs",
)
SOCIAL_GIVE = _duty(
    "social.give",
    "Enterprises and associations are encouraged to bring their data in and let others have it",
)
NOTICE_STATE = _duty(
    "personal.state",
    "Which personal information is collected, what for and how it is used is stated beforehand",
)
CONSENT_ASK = _duty(
    "personal.agree", "Personal information is collected in business by consent of whom it is about"
)
CONSENT_FREE = _duty(
    "personal.freely", "Nobody is made to agree by default, by bundling or by a pretext"
)
COLLECT_NEEDED = _duty(
    "personal.needed",
    "Nothing is collected that the service does not need; refusing costs nobody the service",
)
CONSENT_SEPARATE = _duty(
    "personal.separate", "Sensitive personal information is handled only by a consent of its own"
)
CONSENT_GUARDIAN = _duty("personal.guardian", "For children under 14 a parent or guardian agrees")
CONSENT_WITHDRAW = _duty("personal.withdraw", "Whoever agreed may withdraw it as easily")
SUBJECT_ASK = _duty(
    "personal.ask",
    "A person asks what is held of them, for a copy, a correction or deletion",
)
SUBJECT_ANSWER = _duty(
    "personal.answer", "What a person asks about their own data is carried out, or refused with why"
)
SUBJECT_CONFIRM = _duty(
    "personal.confirm", "Whoever was given what is deleted is told, deletes it and confirms that"
)
HAND_OVER = _duty(
    "personal.hand_over",
    "What was collected in business is given to others only by consent, or once it shows nobody",
)
CATALOG_CONFIRM = _duty(
    "catalog.confirm",
    "The sharing and opening catalogs are confirmed by the body that holds the power",
)
CATALOG_CLASSIFY = _duty(
    "catalog.classify",
    "The classification under which resources stand is laid down by the body that holds the power",
)
CATALOG_REVISE = _duty(
    "catalog.revise",
    "The catalog follows a change of law or of a body's functions within the term",
)
SHARING_TYPE = _duty(
    "sharing.type",
    "Every resource has a kind of sharing that the law knows",
)
SHARING_BASIS = _duty(
    "sharing.basis",
    "Not sharing needs a basis of a kind that the law names",
)
SHARING_USE = _duty(
    "sharing.use",
    "Departments take what is shared without conditions at once, for the uses that are stated",
)
SHARING_ASK = _duty(
    "sharing.ask",
    "Departments ask for what is shared on conditions, and for no more than they need",
)
SHARING_EXAMINE = _duty(
    "sharing.examine", "Whoever runs the exchange examines whether a request to share is complete"
)
SHARING_ANSWER = _duty(
    "sharing.answer", "A request to share is answered in time, or refused with reason and basis"
)
SHARING_COORDINATE = _duty(
    "sharing.coordinate", "What departments disagree about in sharing is settled in time"
)
VERIFY_ONLINE = _duty(
    "collection.verify",
    "Whoever would collect data checks it by online verification instead, where it is given so",
)
SHARING_EXTRACT = _duty(
    "sharing.extract",
    "What departments take through the platform has the force of paper: it is issued under seal",
)
NEGATIVE_LIST = _duty(
    "negative_list.review",
    "What is not shared is reviewed before it stands on the negative list, which is public",
)
BRING_IN = _duty(
    "aggregation.bring_in", "A department brings its data in to the platform within the term"
)
KEEP_ACCURATE = _duty(
    "quality.keep", "Shared and opened data is accurate, complete, available and updated in time"
)
QUALITY_MEASURE = _duty(
    "quality.measure", "The quality of every version is measured by rules and shown with it"
)
QUALITY_MEND = _duty(
    "quality.mend", "What a version fails is told to its provider and mended in time"
)
QUALITY_DOUBT = _duty(
    "quality.doubt", "Whoever uses data and finds it wrong, incomplete or stale may say so"
)
QUALITY_CHECK = _duty(
    "quality.check", "A doubt about data is checked and answered; what is wrong is corrected"
)
QUALITY_MARK = _duty(
    "quality.mark", "What is under check is marked, and everyone who received it is told"
)
QUALITY_COMPARE = _duty(
    "quality.compare",
    "Whoever operates the platform compares doubtful data with what was brought in",
)
OPENING_TYPE = _duty("opening.type", "Every resource has a kind of opening that the law knows")
OPENING_PERSONS = _duty(
    "opening.persons",
    "Personal information is open to everyone only where a law or the person makes it public",
)
OPENING_BRING = _duty("opening.bring", "Open data is brought to the open platform")
OPEN_DATA_FREE = _duty("opening.free", "Anyone takes unconditionally open data free of charge")
OPENING_APPLY = _duty("opening.apply", "Anyone may apply for conditionally open data")
OPENING_ANSWER = _duty(
    "opening.answer",
    "An application for conditionally open data is answered in time, or refused with reasons",
)
IDENTITY_ASK = _duty(
    "identity.ask", "Whoever wants to be known by the real name, or for an enterprise, may ask so"
)
IDENTITY_ANSWER = _duty(
    "identity.answer", "Who somebody is gets looked into in time, and refused with reasons only"
)
IDENTITY_REQUIRE = _duty(
    "identity.require", "Data of a high grade is applied for under a verified name"
)
OPENING_DEMAND = _duty(
    "opening.demand", "Anyone may say which data they want opened, and support what others want"
)
OPENING_MODERATE = _duty("opening.moderate", "What is wanted is read before it is public")
OPENING_RESPOND = _duty(
    "opening.respond",
    "What the public wants opened is answered with the data, a plan, or a reason and its basis",
)
OPENING_PLAN = _duty(
    "opening.plan", "What is opened in a year is planned, and shown as far as it is done"
)
REUSE_SHOW = _duty(
    "reuse.show", "Whoever makes something of public data may show it beside what it uses"
)
TALK = _duty(
    "talk.say", "Whoever uses data may follow it, rate it and comment on it, and is answered"
)
RIGHTS_COMPLAIN = _duty(
    "rights.complain",
    "Anyone whose rights data touches may complain, and its delivery can be stopped at once",
)
RIGHTS_ANSWER = _duty(
    "rights.answer", "A complaint about rights in data is answered in time, and with reasons"
)
PUBLICITY = _duty(
    "publicity.tell", "People are told of data, of how it is used and of how it is kept safe"
)
OPEN_REUSABLE = _duty("opening.reusable", "Open data is raw, machine-readable and reusable")
OPEN_PRIORITY = _duty("opening.priority", "Data close to people's lives is opened first")
TRACE = _duty("trace.whole", "Every production, sharing, opening and flow of data can be traced")
TRACE_KEEP = _duty(
    "trace.keep",
    "What was handed out to whom stays on record for its term, and no longer than it serves",
)
GRADE = _duty("security.grade", "Every resource and item carries a security grade")
STORE_SAFELY = _duty(
    "security.store", "Data is stored as its grade asks, and so is every copy of it"
)
SECURITY_ORGANIZE = _duty(
    "security.organize",
    "The security of government data is organized by the bodies that the law names, each in its"
    " area",
)
PROTECT = _duty(
    "security.protect",
    "Data is protected against loss, damage, leaks and tampering",
)
SIGN = _duty("signature.use", "Electronic signatures and cryptography are used")
MARKET_OPERATE = _duty(
    "market.operate",
    "Enterprises develop and use public data by arrangements that say how, of what and until when",
)
CONTRACT_WHOLE = _duty(
    "contract.whole",
    "Data is traded by contracts that say quality, price, delivery and use",
)
DISPUTE_ANSWER = _duty(
    "dispute.answer", "Whoever is party to a contract on data answers what the other side claims"
)
DISPUTE_MEDIATE = _duty(
    "dispute.mediate",
    "Disputes over traded data are mediated on the platform, and judged by nobody there",
)
TRADE_LAWFUL = _duty(
    "trade.lawful",
    "Data is traded only where it tells of nobody and cannot be restored, or where whoever it is"
    " of authorised it",
)
TRADE_REVIEW = _duty(
    "trade.review", "What is offered is looked at before it is traded, so that it harms nobody"
)
TRADE_SUPERVISE = _duty("trade.supervise", "Trading platforms are admitted and supervised")
TRADE_RULES = _duty(
    "trade.rules", "Whoever runs a trading platform publishes its rules of trade and of filing"
)
TRADE_FILE = _duty("trade.file", "Each trade is filed with the agency, whole, before it has effect")
TRADE_DISCLOSE = _duty(
    "trade.disclose", "Whoever offers data says what it is, where it comes from and by which right"
)
CASES_EXAMINE = _duty(
    "cases.examine",
    "What is asked of a body is examined in time; what is missing is asked for once, all of it",
)
CASES_COMPLETE = _duty(
    "cases.complete", "Whoever asked completes what is missing in time, or gives the matter up"
)
CASES_HEAR = _duty(
    "cases.hear", "Others whose rights are touched are heard; the term stands still meanwhile"
)
CASES_DECIDE = _duty(
    "cases.decide", "Whoever is refused is told why, and on which legal basis, in time"
)
CASES_APPEAL = _duty(
    "cases.appeal", "Whoever is refused, or not answered in time, may appeal to the body above"
)
CASES_REVIEW = _duty("cases.review", "An appeal is decided in time, and with reasons")
ERASE = _duty(
    "personal.erase", "Personal information is deleted once its ground to be kept has gone"
)
RELEASES_KEEP = _duty(
    "releases.keep",
    "Older versions are kept for their term and then destroyed; what and how stays on record",
)
STATE_SECRETS = _duty(
    "secrets.outside", "State secrets are handled elsewhere; nothing of them is stored here"
)

ALL: tuple[Duty, ...] = tuple(_all.values())


def by_name(name: str) -> Duty:
    """Return the duty called ``name``.

    Raises ``KeyError`` for a name that no code carries.
    """
    return _all[name]
