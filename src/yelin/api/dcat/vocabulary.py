"""What our values are called in the vocabularies that DCAT-AP 3 prescribes.

Source: the named authority lists of the Publications Office of the European Union, ADMS, SPDX.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Namespace

from yelin.catalog.content import OpeningType, UpdateCycle
from yelin.catalog.models import State

ADMS = Namespace("http://www.w3.org/ns/adms#")
AUTHORITY = Namespace("http://publications.europa.eu/resource/authority/")
# rdflib's own knows the terms of DCAT 2 only.
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DQV = Namespace("http://www.w3.org/ns/dqv#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
IANA = Namespace("https://www.iana.org/assignments/media-types/")
PUBLISHER = Namespace("http://purl.org/adms/publishertype/")
GZIP = IANA["application/gzip"]
SPDX = Namespace("http://spdx.org/rdf/terms#")
# As the shapes of DCAT-AP have it, and as SPDX publishes it today; its terms keep http.
SHA256 = URIRef("https://spdx.org/rdf/terms#checksumAlgorithm_sha256")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

PREFIXES: Mapping[str, str] = {
    "adms": str(ADMS),
    "dcat": str(DCAT),
    "dct": str(DCTERMS),
    "dqv": str(DQV),
    "foaf": str(FOAF),
    "hydra": str(HYDRA),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "skos": str(SKOS),
    "spdx": str(SPDX),
    "vcard": str(VCARD),
    "xsd": str(XSD),
}

ACCESS: Mapping[str, str] = {
    OpeningType.UNCONDITIONAL: "PUBLIC",
    OpeningType.CONDITIONAL: "RESTRICTED",
    OpeningType.NONE: "NON_PUBLIC",
}
# Its own body sees also what is on its way to the catalog, or was in it.
STATUS: Mapping[str, str] = {
    State.REGISTERED: "DEVELOP",
    State.AWAITING: "DEVELOP",
    State.RETURNED: "DEVELOP",
    State.WITHDRAWN: "WITHDRAWN",
}
FREQUENCY: Mapping[str, str] = {
    UpdateCycle.REALTIME: "UPDATE_CONT",
    UpdateCycle.DAILY: "DAILY",
    UpdateCycle.WEEKLY: "WEEKLY",
    UpdateCycle.MONTHLY: "MONTHLY",
    UpdateCycle.QUARTERLY: "QUARTERLY",
    UpdateCycle.HALF_YEARLY: "ANNUAL_2",
    UpdateCycle.YEARLY: "ANNUAL",
    UpdateCycle.IRREGULAR: "IRREG",
    UpdateCycle.NEVER: "NEVER",
}
# By the codes of our themes; a theme that is not here has no counterpart.
DATA_THEME: Mapping[str, str] = {
    "credit": "ECON",
    "transport": "TRAN",
    "medical": "HEAL",
    "employment": "SOCI",
    "social-security": "SOCI",
    "education": "EDUC",
    "environment": "ENVI",
    "weather": "ENVI",
    "enterprise": "ECON",
    "economy": "ECON",
    "finance": "ECON",
    "agriculture": "AGRI",
    "ocean": "AGRI",
    "tourism": "EDUC",
    "housing": "REGI",
    "land": "REGI",
    "trade": "ECON",
    "science": "TECH",
    "energy": "ENER",
    "safety": "JUST",
    "civil-affairs": "SOCI",
    "law": "JUST",
    "government": "GOVE",
}
DATA_THEME_NAMES: Mapping[str, str] = {
    "AGRI": "Agriculture, fisheries, forestry and food",
    "ECON": "Economy and finance",
    "EDUC": "Education, culture and sport",
    "ENER": "Energy",
    "ENVI": "Environment",
    "GOVE": "Government and public sector",
    "HEAL": "Health",
    "JUST": "Justice, legal system and public safety",
    "REGI": "Regions and cities",
    "SOCI": "Population and society",
    "TECH": "Science and technology",
    "TRAN": "Transport",
}


@dataclass(frozen=True, slots=True)
class FileType:
    """A format of files: its media type, its name, and the authority's code where it has one."""

    media: URIRef
    name: str
    code: str = ""


FILE_TYPES: Mapping[str, FileType] = {
    "csv": FileType(IANA["text/csv"], "CSV", "CSV"),
    "xlsx": FileType(
        IANA["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"], "XLSX", "XLSX"
    ),
    "json": FileType(IANA["application/json"], "JSON", "JSON"),
    "ndjson": FileType(IANA["application/x-ndjson"], "NDJSON"),
    "parquet": FileType(IANA["application/vnd.apache.parquet"], "Parquet"),
}
