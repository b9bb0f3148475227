"""Say every coded value as a word with a mark, so that no state is told by colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Word:
    """How one coded value is shown: its word, its tone (a class of the stylesheet), its icon."""

    says: "str | _StrPromise"
    tone: str = "plain"
    icon: str = ""


OPENING = {
    "unconditional": Word(_("Open to all"), "good", "open"),
    "conditional": Word(_("Open on application"), "wary", "conditional"),
    "none": Word(_("Not open"), "shut", "shut"),
}
SHARING = {
    "unconditional": Word(_("Shared unconditionally"), "plain", "share"),
    "conditional": Word(_("Shared on conditions"), "plain", "share"),
    "none": Word(_("Not shared"), "plain", "shut"),
}
SOCIAL = {
    True: Word(_("Social data, not the government's"), "wary", "theme-enterprise"),
    "true": Word(_("Enterprises and associations")),
    "false": Word(_("The government")),
}
HANDING_OVER = {
    "own": Word(_("Nothing in it was collected from others")),
    "consent": Word(_("Those from whom it was collected agreed")),
    "irreversible": Word(_("It shows nobody any more, and cannot be restored")),
}
AUDIENCE = {
    "own": Word(_("We alone, and whom we name one by one")),
    "departments": Word(_("Every department, through the shared exchange platform")),
    "everyone": Word(_("Everyone, on the open platform")),
}
GRADE = {
    1: Word(_("Grade 1"), "plain", "grade"),
    2: Word(_("Grade 2"), "plain", "grade"),
    3: Word(_("Grade 3"), "plain", "grade"),
    4: Word(_("Grade 4"), "plain", "grade"),
}
ENTRY_STATE = {
    "draft": Word(pgettext_lazy("entry", "Draft"), "plain", "doc"),
    "registered": Word(pgettext_lazy("entry", "Registered"), "live", "doc"),
    "awaiting": Word(pgettext_lazy("entry", "Awaiting confirmation"), "wary", "clock"),
    "confirmed": Word(pgettext_lazy("entry", "Confirmed"), "good", "done"),
    "published": Word(pgettext_lazy("entry", "Published"), "good", "done"),
    "returned": Word(pgettext_lazy("entry", "Returned"), "bad", "back"),
    "withdrawn": Word(pgettext_lazy("entry", "Withdrawn"), "plain", "close"),
    "dropped": Word(pgettext_lazy("entry", "Dropped"), "plain", "close"),
}
REVISION_STATE = {
    "draft": Word(pgettext_lazy("revision", "Being written"), "live", "doc"),
    "awaiting": Word(pgettext_lazy("revision", "Awaiting confirmation"), "wary", "clock"),
    "returned": Word(pgettext_lazy("revision", "Returned"), "bad", "back"),
    "confirmed": Word(pgettext_lazy("revision", "In force"), "good", "done"),
    "dropped": Word(pgettext_lazy("revision", "Dropped"), "plain", "close"),
}
REVISION_KIND = {
    "change": Word(pgettext_lazy("revision", "Change"), "plain", "doc"),
    "withdrawal": Word(pgettext_lazy("revision", "Withdrawal"), "bad", "close"),
}
ITEM_CHANGE = {
    "added": Word(pgettext_lazy("item", "Added"), "good", "plus"),
    "removed": Word(pgettext_lazy("item", "Removed"), "bad", "close"),
    "renamed": Word(pgettext_lazy("item", "Renamed"), "wary", "doc"),
    "changed": Word(pgettext_lazy("item", "Changed"), "wary", "doc"),
    "moved": Word(pgettext_lazy("item", "Moved"), "plain", "next"),
}
CHANGE_KIND = {
    "law": Word(pgettext_lazy("change", "Law")),
    "function": Word(pgettext_lazy("change", "Functions of the body")),
}
LATE = {
    "aggregation.bring_in": Word(pgettext_lazy("late", "Data to bring in"), "bad", "upload"),
    "catalog.revise": Word(pgettext_lazy("late", "Entry to revise"), "bad", "doc"),
}
CASE_STATE = {
    "submitted": Word(pgettext_lazy("case", "Handed in"), "live", "doc"),
    "completing": Word(pgettext_lazy("case", "To be completed"), "wary", "back"),
    "accepted": Word(pgettext_lazy("case", "Accepted, awaits an answer"), "live", "clock"),
    "hearing": Word(pgettext_lazy("case", "Another party is heard"), "wary", "clock"),
    "overdue": Word(pgettext_lazy("case", "Not answered in time"), "bad", "late"),
    "decided": Word(pgettext_lazy("case", "Decided"), "plain", "done"),
    "appealed": Word(pgettext_lazy("case", "Appealed against"), "wary", "clock"),
    "closed": Word(pgettext_lazy("case", "Closed"), "plain", "done"),
}
OUTCOME = {
    "approved": Word(pgettext_lazy("case", "Approved"), "good", "done"),
    "partly": Word(pgettext_lazy("case", "Approved in part"), "good", "done"),
    "refused": Word(pgettext_lazy("case", "Refused"), "bad", "refused"),
    "withdrawn": Word(pgettext_lazy("case", "Withdrawn"), "plain", "back"),
    "abandoned": Word(pgettext_lazy("case", "Not completed"), "plain", "close"),
    "dismissed": Word(pgettext_lazy("case", "Appeal dismissed"), "bad", "refused"),
}
COMPLAINT_OUTCOME = OUTCOME | {
    "approved": Word(pgettext_lazy("complaint", "Right, and remedied"), "good", "done"),
    "partly": Word(pgettext_lazy("complaint", "Remedied in part"), "good", "done"),
    "refused": Word(pgettext_lazy("complaint", "No right is touched"), "plain", "refused"),
}
DOUBT_OUTCOME = OUTCOME | {
    "approved": Word(pgettext_lazy("doubt", "Right, and corrected"), "good", "done"),
    "partly": Word(pgettext_lazy("doubt", "Corrected in part"), "good", "done"),
    "refused": Word(pgettext_lazy("doubt", "Nothing to correct"), "bad", "refused"),
}
DEMAND_STATE = {
    "submitted": Word(pgettext_lazy("demand", "To be read"), "live", "doc"),
    "open": Word(pgettext_lazy("demand", "Awaits an answer"), "live", "clock"),
    "overdue": Word(pgettext_lazy("demand", "Not answered in time"), "bad", "late"),
    "planned": Word(pgettext_lazy("demand", "Will be opened"), "wary", "clock"),
    "declined": Word(pgettext_lazy("demand", "Not opened"), "shut", "shut"),
    "fulfilled": Word(pgettext_lazy("demand", "Open"), "good", "done"),
    "returned": Word(pgettext_lazy("demand", "Returned"), "bad", "back"),
    "withdrawn": Word(pgettext_lazy("demand", "Withdrawn"), "plain", "close"),
    "merged": Word(pgettext_lazy("demand", "Merged into another"), "plain", "next"),
}
OPENING_LINE = {
    "fulfilled": Word(pgettext_lazy("opening plan", "Open"), "good", "done"),
    "late": Word(pgettext_lazy("opening plan", "Late"), "bad", "late"),
    "open": Word(pgettext_lazy("opening plan", "To come"), "live", "clock"),
}
CASE_STEP = {
    "waiting": Word(pgettext_lazy("step", "Waits"), "wary", "clock"),
    "done": Word(pgettext_lazy("step", "Done"), "good", "done"),
    "lapsed": Word(pgettext_lazy("step", "Not done in time"), "bad", "late"),
    "needless": Word(pgettext_lazy("step", "No longer needed"), "plain", "close"),
}
OPINION = {
    "silent": Word(pgettext_lazy("opinion", "Has not spoken yet"), "wary", "clock"),
    "agrees": Word(pgettext_lazy("opinion", "Agrees"), "good", "done"),
    "disagrees": Word(pgettext_lazy("opinion", "Does not agree"), "bad", "refused"),
}
PARTY = {
    "person": Word(pgettext_lazy("party", "A citizen")),
    "body": Word(pgettext_lazy("party", "An enterprise or association")),
    "applicant": Word(pgettext_lazy("party", "Applicant")),
    "examiner": Word(pgettext_lazy("party", "Examining body")),
    "handler": Word(pgettext_lazy("party", "Handling body")),
    "reviewer": Word(pgettext_lazy("party", "Body above")),
    "heard": Word(pgettext_lazy("party", "Party that is heard")),
}
UPLOAD_STATE = {
    "received": Word(pgettext_lazy("upload", "Received"), "live", "clock"),
    "preparing": Word(pgettext_lazy("upload", "Being checked"), "live", "clock"),
    "asking": Word(pgettext_lazy("upload", "Awaits your answers"), "wary", "clock"),
    "ready": Word(pgettext_lazy("upload", "Ready to publish"), "wary", "done"),
    "failed": Word(pgettext_lazy("upload", "Not usable"), "bad", "refused"),
    "published": Word(pgettext_lazy("upload", "Published"), "good", "done"),
    "discarded": Word(pgettext_lazy("upload", "Discarded"), "plain", "close"),
}
FILE_KIND = {
    "pdf": Word("PDF", icon="doc"),
    "ofd": Word("OFD", icon="doc"),
    "docx": Word(_("Word document"), icon="doc"),
    "xlsx": Word(_("Excel workbook"), icon="doc"),
    "pptx": Word(_("PowerPoint slides"), icon="doc"),
    "odt": Word(_("OpenDocument text"), icon="doc"),
    "ods": Word(_("OpenDocument table"), icon="doc"),
    "odp": Word(_("OpenDocument slides"), icon="doc"),
    "jpeg": Word(_("JPEG picture"), icon="open"),
    "png": Word(_("PNG picture"), icon="open"),
    "webp": Word(_("WebP picture"), icon="open"),
    "text": Word(_("Plain text"), icon="doc"),
    "older": Word(_("Older Office document"), icon="doc"),
    "packed": Word(_("Archive"), icon="doc"),
    "picture": Word(_("Picture of another kind"), icon="open"),
    "page": Word(_("Web page or markup"), icon="doc"),
    "unknown": Word(_("File of another kind"), icon="doc"),
}
IMPORT_STATE = {
    "received": Word(pgettext_lazy("import", "Received"), "live", "clock"),
    "planning": Word(pgettext_lazy("import", "Being read"), "live", "clock"),
    "ready": Word(pgettext_lazy("import", "Waits for your decision"), "wary", "done"),
    "failed": Word(pgettext_lazy("import", "Not usable"), "bad", "refused"),
    "running": Word(pgettext_lazy("import", "Being entered"), "live", "clock"),
    "stopped": Word(pgettext_lazy("import", "Stopped"), "bad", "late"),
    "done": Word(pgettext_lazy("import", "Entered"), "good", "done"),
    "discarded": Word(pgettext_lazy("import", "Discarded"), "plain", "close"),
}
PLANNED = {
    "make": Word(pgettext_lazy("planned", "New"), "good", "plus"),
    "change": Word(pgettext_lazy("planned", "Changed"), "live", "doc"),
    "keep": Word(pgettext_lazy("planned", "Unchanged"), "plain", "tick"),
    "refuse": Word(pgettext_lazy("planned", "Refused"), "bad", "refused"),
}
MODE = {
    "replace": Word(pgettext_lazy("mode", "All rows replaced")),
    "append": Word(pgettext_lazy("mode", "Rows appended")),
    "upsert": Word(pgettext_lazy("mode", "Updated by key")),
    "delete": Word(pgettext_lazy("mode", "Deleted by key")),
    "restore": Word(pgettext_lazy("mode", "Gone back to an older one")),
}
ROW_CHANGE = {
    "added": Word(pgettext_lazy("row", "Added"), "good", "plus"),
    "removed": Word(pgettext_lazy("row", "Removed"), "bad", "minus"),
    "before": Word(pgettext_lazy("row", "Before"), "plain", "back"),
    "after": Word(pgettext_lazy("row", "Changed"), "live", "doc"),
}
LEAF_STATE = {
    "pending": Word(pgettext_lazy("leaf", "Written, not yet numbered"), "plain", "clock"),
    "integrated": Word(pgettext_lazy("leaf", "Numbered, not yet signed"), "live", "clock"),
    "published": Word(pgettext_lazy("leaf", "Under a signed checkpoint"), "good", "done"),
}
UPDATE_CYCLE = {
    "realtime": Word(_("Real time")),
    "daily": Word(_("Every day")),
    "weekly": Word(_("Every week")),
    "monthly": Word(_("Every month")),
    "quarterly": Word(_("Every quarter")),
    "half_yearly": Word(_("Every half year")),
    "yearly": Word(_("Every year")),
    "irregular": Word(_("Irregularly")),
    "never": Word(_("Not updated any more")),
}
ITEM_TYPE = {
    "C": Word(_("Text"), icon="文"),
    "N": Word(_("Number"), icon="123"),
    "Y": Word(_("Money"), icon="¥"),
    "D": Word(_("Date"), icon="日"),
    "T": Word(_("Date and time"), icon="时"),
    "L": Word(_("Yes or no"), icon="是"),
    "M": Word(_("Long text"), icon="文"),
    "G": Word(_("General"), icon="…"),
    "B": Word(_("Double precision"), icon="1.0"),
    "I": Word(_("Whole number"), icon="123"),
    "F": Word(_("Floating point"), icon="1.0"),
}
STAGE = {
    "": Word(_("Waiting for its turn")),
    "decode": Word(_("Read the encoding")),
    "parse": Word(_("Find rows and columns")),
    "examine": Word(_("Look at every value")),
    "conform": Word(_("Compare with the items")),
    "measure": Word(_("Measure quality")),
}
MEND = {
    "trim": Word(pgettext_lazy("mend", "blanks at the ends taken off")),
    "narrow": Word(pgettext_lazy("mend", "full-width letters and digits made half-width")),
    "form": Word(pgettext_lazy("mend", "half-width capitals without blanks or hyphens")),
    "zeros": Word(pgettext_lazy("mend", "lost leading zeros put back")),
    "names": Word(pgettext_lazy("mend", "the code put for its name")),
    "unit": Word(pgettext_lazy("mend", "the unit or currency sign taken off")),
    "words": Word(pgettext_lazy("mend", "other words and marks read as yes or no")),
    "serial": Word(pgettext_lazy("mend", "a spreadsheet's day numbers read as dates")),
    "dmy": Word(pgettext_lazy("mend", "stray dates read with the day first")),
    "mdy": Word(pgettext_lazy("mend", "stray dates read with the month first")),
}
TIDIED = {
    "blanks": Word(pgettext_lazy("tidied", "blanks or full-width digits")),
    "thousands": Word(pgettext_lazy("tidied", "thousands separators")),
    "number": Word(pgettext_lazy("tidied", "numbers written otherwise")),
    "word": Word(pgettext_lazy("tidied", "words for yes and no")),
}
COLUMN_CHANGE = {
    "renamed": Word(pgettext_lazy("column", "Renamed"), "wary", "doc"),
    "gone": Word(pgettext_lazy("column", "Missing, stays empty"), "bad", "close"),
    "back": Word(pgettext_lazy("column", "There again"), "plain", "plus"),
    "new": Word(pgettext_lazy("column", "New, no item, left out"), "plain", "plus"),
    "dropped": Word(pgettext_lazy("column", "No item any more"), "plain", "close"),
    "type": Word(pgettext_lazy("column", "Another type"), "wary", "doc"),
    "codes": Word(pgettext_lazy("column", "Another code list"), "wary", "doc"),
    "emptier": Word(pgettext_lazy("column", "Far more is empty"), "bad", "late"),
}
REASON = {
    "fields": Word(_("Too few or too many fields in the row")),
    "quoting": Word(_("Quotation marks that do not pair")),
    "encoding": Word(_("Characters that are not in the file's encoding")),
    "json": Word(_("A line that is not whole JSON")),
    "shape": Word(_("Neither object nor array as the others")),
    "doubled": Word(_("A key that stands twice")),
    "geometry": Word(_("No shape")),
    "degrees": Word(_("Coordinates that are no degrees")),
    "half": Word(_("Half a character")),
    "control": Word(_("A NUL character")),
    "note": Word(_("A footnote below the table")),
    "lossy": Word(_("Digits lost in the spreadsheet")),
    "digits": Word(_("More digits than a number keeps")),
    "formula": Word(_("A formula that failed")),
    "header": Word(_("The header again")),
    "type": Word(_("A value not of its item's type")),
    "length": Word(_("A value longer than its item")),
    "code": Word(_("A value that its code list does not have")),
    "required": Word(_("A required value that is empty")),
    "duplicate": Word(_("A key that another row has")),
    "standing": Word(_("A key that stands already")),
    "absent": Word(_("A key to delete that does not stand")),
    "erased": Word(_("A row that was erased")),
}
ROLE = {
    "steward": Word(_("Data steward")),
    "officer": Word(_("Officer")),
    "auditor": Word(_("Auditor")),
    "head": Word(_("Head of people and seats")),
    "representative": Word(_("Representative")),
}
LOGIN = {
    "open": Word(pgettext_lazy("login", "May sign in"), "good", "done"),
    "blocked": Word(pgettext_lazy("login", "Blocked"), "bad", "refused"),
}
REUSE_KIND = {
    "app": Word(pgettext_lazy("reuse", "Application"), "plain", "phone"),
    "service": Word(pgettext_lazy("reuse", "Service"), "plain", "share"),
    "research": Word(pgettext_lazy("reuse", "Research"), "plain", "doc"),
    "visual": Word(pgettext_lazy("reuse", "Visualization"), "plain", "table"),
    "report": Word(pgettext_lazy("reuse", "Analysis or report"), "plain", "doc"),
    "innovation": Word(pgettext_lazy("reuse", "Prototype"), "plain", "plus"),
}
REUSE_STATE = {
    "waiting": Word(pgettext_lazy("reuse", "Waits to be looked at"), "wary", "clock"),
    "returned": Word(pgettext_lazy("reuse", "Returned"), "bad", "back"),
    "shown": Word(pgettext_lazy("reuse", "Shown"), "good", "done"),
    "withdrawn": Word(pgettext_lazy("reuse", "Withdrawn"), "plain", "close"),
    "removed": Word(pgettext_lazy("reuse", "Taken down"), "bad", "close"),
}
LINK_STATE = {
    "none": Word(pgettext_lazy("link", "No link"), "plain", "close"),
    "unknown": Word(pgettext_lazy("link", "Link not asked for yet"), "plain", "clock"),
    "alive": Word(pgettext_lazy("link", "Link answers"), "good", "done"),
    "unsteady": Word(pgettext_lazy("link", "Link did not answer just now"), "wary", "info"),
    "dead": Word(pgettext_lazy("link", "Link does not answer any more"), "bad", "late"),
}
COMMENT_STATE = {
    "waiting": Word(pgettext_lazy("comment", "Waits to be looked at"), "wary", "clock"),
    "shown": Word(pgettext_lazy("comment", "Shown"), "good", "done"),
    "rejected": Word(pgettext_lazy("comment", "Not shown"), "bad", "refused"),
    "removed": Word(pgettext_lazy("comment", "Taken down"), "bad", "close"),
    "withdrawn": Word(pgettext_lazy("comment", "Withdrawn"), "plain", "close"),
}
NEWS_KIND = {
    "notice": Word(pgettext_lazy("news", "Notice"), "plain", "bell"),
    "policy": Word(pgettext_lazy("news", "Policy"), "plain", "doc"),
    "standard": Word(pgettext_lazy("news", "Standard"), "plain", "doc"),
    "help": Word(pgettext_lazy("news", "Guide"), "plain", "info"),
    "faq": Word(pgettext_lazy("news", "Questions and answers"), "plain", "info"),
}
NEWS_STATE = {
    "draft": Word(pgettext_lazy("news", "Draft"), "live", "doc"),
    "published": Word(pgettext_lazy("news", "Published"), "good", "done"),
    "withdrawn": Word(pgettext_lazy("news", "Withdrawn"), "plain", "close"),
}
THING = {
    "ground": Word(pgettext_lazy("thing", "Ground of publication")),
    "entry": Word(pgettext_lazy("thing", "Catalog entry")),
    "attachment": Word(pgettext_lazy("thing", "Attachment")),
    "arrangement": Word(pgettext_lazy("thing", "Arrangement of market-based operation")),
    "filing": Word(pgettext_lazy("thing", "Filing of a trade")),
    "inspection": Word(pgettext_lazy("thing", "Inspection of what was bought")),
    "listing": Word(pgettext_lazy("thing", "Listing")),
    "rating": Word(pgettext_lazy("thing", "Rating of what was bought")),
    "negotiation": Word(pgettext_lazy("thing", "Negotiation")),
    "computation": Word(pgettext_lazy("thing", "Question to bought data")),
    "contract": Word(pgettext_lazy("thing", "Contract on data")),
    "dispute": Word(pgettext_lazy("thing", "Dispute over a contract")),
    "party_certificate": Word(pgettext_lazy("thing", "Signing certificate")),
    "settlement": Word(pgettext_lazy("thing", "Record of settlement")),
    "transfer": Word(pgettext_lazy("thing", "Transfer of data")),
    "membership": Word(pgettext_lazy("thing", "Part in a platform")),
    "platform": Word(pgettext_lazy("thing", "Trading platform")),
    "product": Word(pgettext_lazy("thing", "Data product")),
    "rulebook": Word(pgettext_lazy("thing", "Rules of a platform")),
    "case": Word(pgettext_lazy("thing", "Case")),
    "case_step": Word(pgettext_lazy("thing", "Step of a case")),
    "case_party": Word(pgettext_lazy("thing", "Hearing in a case")),
    "channel": Word(pgettext_lazy("thing", "Webhook")),
    "demand": Word(pgettext_lazy("thing", "Demand")),
    "egress_rule": Word(pgettext_lazy("thing", "Way out")),
    "grant": Word(pgettext_lazy("thing", "Grant")),
    "message_key": Word(pgettext_lazy("thing", "Key that signs")),
    "opening_plan": Word(pgettext_lazy("thing", "Plan of opening")),
    "plan": Word(pgettext_lazy("thing", "Plan")),
    "planned_opening": Word(pgettext_lazy("thing", "Line of a plan of opening")),
    "process_rule": Word(pgettext_lazy("thing", "Whole-process rule")),
    "project": Word(pgettext_lazy("thing", "Publicly funded project")),
    "service": Word(pgettext_lazy("thing", "Service")),
    "standard": Word(pgettext_lazy("thing", "Data standard")),
    "system": Word(pgettext_lazy("thing", "Government system")),
    "reuse": Word(pgettext_lazy("thing", "Reuse")),
    "comment": Word(pgettext_lazy("thing", "Comment")),
    "news": Word(pgettext_lazy("thing", "News or guide")),
}
EXPORT_STATE = {
    "writing": Word(pgettext_lazy("export", "Being written"), "live", "clock"),
    "ready": Word(pgettext_lazy("export", "Ready"), "good", "done"),
    "failed": Word(pgettext_lazy("export", "Cannot be written"), "bad", "refused"),
    "removed": Word(pgettext_lazy("export", "Removed"), "plain", "close"),
}
SYSTEM_STATE = {
    "new": Word(pgettext_lazy("system", "Being built"), "live", "clock"),
    "existing": Word(pgettext_lazy("system", "In service"), "good", "done"),
    "ended": Word(pgettext_lazy("system", "Ended"), "plain", "close"),
}
FUNDING = {
    "whole": Word(_("Wholly from public money")),
    "part": Word(_("In part from public money")),
}
PLAN_KIND = {
    "overall": Word(_("Overall plan")),
    "area": Word(_("Special plan of an area")),
    "department": Word(_("Special plan of a department")),
    "sector": Word(_("Special plan of a sector")),
}
PLAN_STATE = {
    "draft": Word(pgettext_lazy("plan", "Draft"), "plain", "doc"),
    "approved": Word(pgettext_lazy("plan", "Approved"), "live", "done"),
    "published": Word(pgettext_lazy("plan", "Published"), "good", "open"),
}
ARRANGEMENT_WAY = {
    "procurement": Word(pgettext_lazy("arrangement", "Government procurement")),
    "outsourcing": Word(pgettext_lazy("arrangement", "Outsourcing")),
    "cooperation": Word(pgettext_lazy("arrangement", "Cooperation")),
    "authorized": Word(pgettext_lazy("arrangement", "Authorised operation")),
}
NEGOTIATION = {
    "requested": Word(pgettext_lazy("negotiation", "Awaits the provider"), "live", "clock"),
    "offered": Word(pgettext_lazy("negotiation", "Awaits the consumer"), "live", "clock"),
    "accepted": Word(pgettext_lazy("negotiation", "Accepted"), "good", "done"),
    "agreed": Word(pgettext_lazy("negotiation", "Agreed, to be signed"), "good", "doc"),
    "verified": Word(pgettext_lazy("negotiation", "Signed by the consumer"), "good", "doc"),
    "finalized": Word(pgettext_lazy("negotiation", "Concluded"), "good", "done"),
    "terminated": Word(pgettext_lazy("negotiation", "Ended without a contract"), "plain", "close"),
}
CONTRACT = {
    "drawn": Word(pgettext_lazy("contract", "To be signed"), "wary", "clock"),
    "signed": Word(pgettext_lazy("contract", "Signed by both, awaits filing"), "live", "done"),
    "in_force": Word(pgettext_lazy("contract", "In force"), "good", "done"),
    "ended": Word(pgettext_lazy("contract", "Ended"), "plain", "minus"),
    "dropped": Word(pgettext_lazy("contract", "Not concluded"), "plain", "close"),
}
COMPUTATION = {
    "waiting": Word(pgettext_lazy("computation", "Waits for its turn"), "wary", "clock"),
    "answered": Word(pgettext_lazy("computation", "Answered"), "good", "done"),
    "withheld": Word(pgettext_lazy("computation", "Not answered"), "plain", "shut"),
    "failed": Word(pgettext_lazy("computation", "Came to no end"), "bad", "late"),
    "called_off": Word(pgettext_lazy("computation", "Called off"), "plain", "close"),
}
CERTIFICATE_STATE = {
    "waits": Word(pgettext_lazy("certificate", "Awaits approval"), "wary", "clock"),
    "counts": Word(pgettext_lazy("certificate", "Counts"), "good", "done"),
    "passed": Word(pgettext_lazy("certificate", "No longer valid"), "plain", "late"),
    "ended": Word(pgettext_lazy("certificate", "Ended"), "plain", "close"),
}
INSPECTION = {
    "open": Word(pgettext_lazy("acceptance", "Being inspected"), "live", "clock"),
    "accepted": Word(pgettext_lazy("acceptance", "Accepted"), "good", "done"),
    "deemed": Word(pgettext_lazy("acceptance", "Counts as accepted"), "good", "done"),
    "refused": Word(pgettext_lazy("acceptance", "Refused for defects"), "bad", "back"),
}
POINT = {
    "met": Word(pgettext_lazy("acceptance", "Met"), "good", "done"),
    "missed": Word(pgettext_lazy("acceptance", "Below what was agreed"), "bad", "back"),
    "unknown": Word(pgettext_lazy("acceptance", "Could not be measured"), "plain", "info"),
}
DISPUTE = {
    "answering": Word(pgettext_lazy("dispute", "Awaits an answer"), "wary", "clock"),
    "mediating": Word(pgettext_lazy("dispute", "In mediation"), "live", "clock"),
    "settled": Word(pgettext_lazy("dispute", "Settled by agreement"), "good", "done"),
    "withdrawn": Word(pgettext_lazy("dispute", "Withdrawn"), "plain", "close"),
    "referred": Word(pgettext_lazy("dispute", "Mediation failed"), "bad", "back"),
}
DISPUTE_ABOUT = {
    "quality": Word(pgettext_lazy("dispute", "Quality of the data")),
    "delivery": Word(pgettext_lazy("dispute", "Delivery")),
    "price": Word(pgettext_lazy("dispute", "Price or payment")),
    "use": Word(pgettext_lazy("dispute", "Use beyond the purpose")),
    "security": Word(pgettext_lazy("dispute", "Security or a leak")),
    "other": Word(pgettext_lazy("dispute", "Something else")),
}
STATEMENT = {
    "claim": Word(pgettext_lazy("dispute", "Claim")),
    "answer": Word(pgettext_lazy("dispute", "Answer")),
    "words": Word(pgettext_lazy("dispute", "Statement")),
    "proposal": Word(pgettext_lazy("dispute", "Proposal")),
    "closing": Word(pgettext_lazy("dispute", "Reason of the end")),
}
TRANSFER = {
    "requested": Word(pgettext_lazy("dataspace", "Asked for"), "live", "clock"),
    "started": Word(pgettext_lazy("dataspace", "Data may be taken"), "good", "download"),
    "suspended": Word(pgettext_lazy("dataspace", "Suspended"), "wary", "clock"),
    "completed": Word(pgettext_lazy("dataspace", "Completed"), "plain", "done"),
    "terminated": Word(pgettext_lazy("dataspace", "Ended early"), "plain", "close"),
}
TRANSFER_SIDE = {
    "provider": Word(pgettext_lazy("dataspace", "by the provider")),
    "consumer": Word(pgettext_lazy("dataspace", "by the consumer")),
    "platform": Word(pgettext_lazy("dataspace", "by the platform")),
}
SETTLEMENT = {
    "invoice": Word(pgettext_lazy("settlement", "Invoice")),
    "credit": Word(pgettext_lazy("settlement", "Credit note")),
    "payment": Word(pgettext_lazy("settlement", "Payment")),
    "refund": Word(pgettext_lazy("settlement", "Refund")),
}
RULE_KIND = {
    "trading": Word(pgettext_lazy("rules", "Trading rules")),
    "disclosure": Word(pgettext_lazy("rules", "Disclosure rules")),
    "filing": Word(pgettext_lazy("rules", "Filing rules")),
}
CAPACITY = {
    "supplier": Word(pgettext_lazy("capacity", "Supplier")),
    "buyer": Word(pgettext_lazy("capacity", "Buyer")),
    "delivery": Word(pgettext_lazy("capacity", "Delivery service")),
    "assessment": Word(pgettext_lazy("capacity", "Assessment")),
    "brokerage": Word(pgettext_lazy("capacity", "Brokerage")),
}
MEMBERSHIP = {
    "asked": Word(pgettext_lazy("membership", "Asked for"), "live", "clock"),
    "admitted": Word(pgettext_lazy("membership", "Takes part"), "good", "done"),
    "ended": Word(pgettext_lazy("membership", "Ended"), "plain", "close"),
}
PRODUCT_KIND = {
    "dataset": Word(pgettext_lazy("product", "Dataset")),
    "api": Word(pgettext_lazy("product", "Data by API")),
    "model": Word(pgettext_lazy("product", "Model or its results")),
    "report": Word(pgettext_lazy("product", "Analysis report")),
    "visualisation": Word(pgettext_lazy("product", "Visualisation")),
    "index": Word(pgettext_lazy("product", "Index")),
    "verification": Word(pgettext_lazy("product", "Verification")),
    "aggregate": Word(pgettext_lazy("product", "Aggregates")),
}
PRICE_MODE = {
    "free": Word(pgettext_lazy("price", "Free of charge")),
    "fixed": Word(pgettext_lazy("price", "Fixed price")),
    "per_call": Word(pgettext_lazy("price", "Per call")),
    "per_volume": Word(pgettext_lazy("price", "Per volume")),
    "period": Word(pgettext_lazy("price", "Per period")),
    "share": Word(pgettext_lazy("price", "Share of income")),
    "negotiated": Word(pgettext_lazy("price", "To be negotiated")),
}
DELIVERY_MODE = {
    "file": Word(pgettext_lazy("trade", "File")),
    "api": Word(pgettext_lazy("trade", "API")),
    "subscription": Word(pgettext_lazy("trade", "Subscription")),
    "compute": Word(pgettext_lazy("trade", "Computed here")),
}
LISTING = {
    "draft": Word(pgettext_lazy("listing", "Draft"), "plain", "doc"),
    "submitted": Word(pgettext_lazy("listing", "Technical review"), "live", "clock"),
    "examined": Word(pgettext_lazy("listing", "Legal review"), "live", "clock"),
    "returned": Word(pgettext_lazy("listing", "Returned"), "bad", "back"),
    "listed": Word(pgettext_lazy("listing", "Listed"), "good", "done"),
    "over": Word(pgettext_lazy("listing", "Over"), "plain", "minus"),
    "suspended": Word(pgettext_lazy("listing", "Suspended"), "bad", "close"),
    "delisted": Word(pgettext_lazy("listing", "Delisted"), "plain", "close"),
    "dropped": Word(pgettext_lazy("listing", "Given up"), "plain", "close"),
}
SOURCE_BASIS = {
    "own": Word(pgettext_lazy("source", "Its own data")),
    "open": Word(pgettext_lazy("source", "Open to all")),
    "granted": Word(pgettext_lazy("source", "Granted for trade")),
}
CHECK_POINT = {
    "description": Word(pgettext_lazy("review", "The description fits the data")),
    "sources": Word(pgettext_lazy("review", "Sources are named and whole")),
    "sample": Word(pgettext_lazy("review", "The sample shows what is sold")),
    "quality": Word(pgettext_lazy("review", "Quality is as it is said")),
    "delivery": Word(pgettext_lazy("review", "It can be delivered in each way offered")),
    "parties": Word(pgettext_lazy("review", "The supplier is who it says and may trade")),
    "lawful_source": Word(pgettext_lazy("review", "The data was lawfully obtained")),
    "tradable": Word(pgettext_lazy("review", "The law lets it be traded")),
    "personal": Word(pgettext_lazy("review", "It tells of nobody, or all agreed")),
    "circulation": Word(pgettext_lazy("review", "Its circulation harms nobody")),
}
REVIEW_LEVEL = {
    "technical": Word(pgettext_lazy("review", "Technical review")),
    "legal": Word(pgettext_lazy("review", "Legal review")),
}
ARRANGEMENT = {
    "draft": Word(pgettext_lazy("arrangement", "Draft"), "plain", "doc"),
    "coming": Word(pgettext_lazy("arrangement", "Begins later"), "live", "clock"),
    "runs": Word(pgettext_lazy("arrangement", "In force"), "good", "done"),
    "over": Word(pgettext_lazy("arrangement", "Over"), "plain", "minus"),
    "ended": Word(pgettext_lazy("arrangement", "Ended early"), "bad", "close"),
}
STEP = {
    "compile": Word(pgettext_lazy("process", "Cataloguing")),
    "collect": Word(pgettext_lazy("process", "Collection")),
    "store": Word(pgettext_lazy("process", "Storage")),
    "exchange": Word(pgettext_lazy("process", "Exchange")),
    "share": Word(pgettext_lazy("process", "Sharing")),
    "open": Word(pgettext_lazy("process", "Opening")),
    "use": Word(pgettext_lazy("process", "Development and use")),
    "secure": Word(pgettext_lazy("process", "Security")),
    "destroy": Word(pgettext_lazy("process", "Destruction")),
}
RULE_STATE = {
    "draft": Word(pgettext_lazy("rule", "Draft"), "plain", "doc"),
    "published": Word(pgettext_lazy("rule", "Published"), "good", "open"),
    "replaced": Word(pgettext_lazy("rule", "Replaced"), "plain", "back"),
    "repealed": Word(pgettext_lazy("rule", "Repealed"), "plain", "close"),
}
COLLECTION_STATE = {
    "draft": Word(pgettext_lazy("form", "Draft"), "plain", "doc"),
    "submitted": Word(pgettext_lazy("form", "Awaiting review"), "wary", "clock"),
    "approved": Word(pgettext_lazy("form", "Approved"), "good", "done"),
    "returned": Word(pgettext_lazy("form", "Returned"), "bad", "back"),
}
ASKED_OF = {
    "citizens": Word(_("Citizens")),
    "enterprises": Word(_("Enterprises and other organizations")),
    "bodies": Word(_("Public bodies")),
}
NOTICE_STATE = {
    "draft": Word(pgettext_lazy("form", "Draft"), "plain", "doc"),
    "published": Word(pgettext_lazy("notice", "Published"), "good", "done"),
    "withdrawn": Word(pgettext_lazy("notice", "Withdrawn"), "plain", "back"),
}
CONSENT_STATE = {
    "given": Word(pgettext_lazy("consent", "In force"), "good", "done"),
    "withdrawn": Word(pgettext_lazy("consent", "Withdrawn"), "plain", "back"),
}
WORK_STATE = {
    "draft": Word(pgettext_lazy("bench", "Being classified"), "plain", "doc"),
    "searching": Word(pgettext_lazy("bench", "Being searched"), "wary", "clock"),
    "found": Word(pgettext_lazy("bench", "Levels chosen"), "good", "done"),
    "failed": Word(pgettext_lazy("bench", "Nothing fits"), "bad", "refused"),
    "writing": Word(pgettext_lazy("bench", "Being written"), "wary", "clock"),
    "written": Word(pgettext_lazy("bench", "Brought in"), "good", "done"),
    "measuring": Word(pgettext_lazy("bench", "Being measured"), "wary", "clock"),
    "measured": Word(pgettext_lazy("bench", "Measured"), "good", "done"),
}
TABLE_STATE = WORK_STATE | {
    "draft": Word(pgettext_lazy("statistics", "Being planned"), "plain", "doc"),
    "searching": Word(pgettext_lazy("statistics", "Being counted"), "wary", "clock"),
    "found": Word(pgettext_lazy("statistics", "Counted and protected"), "good", "done"),
    "failed": Word(pgettext_lazy("statistics", "Cannot be told"), "bad", "refused"),
}
SUBJECT_WHAT = {
    "access": Word(_("See what is held of me")),
    "copy": Word(_("Have a copy of it")),
    "correction": Word(_("Have something corrected")),
    "deletion": Word(_("Have it deleted")),
}
PLACE_KIND = {
    "release": Word(_("Version of a resource")),
    "copies": Word(_("Copies beside a resource")),
    "consent": Word(_("Consent")),
    "recipient": Word(pgettext_lazy("deletion", "Recipient")),
}
PLACE_STATE = {
    "found": Word(pgettext_lazy("place", "Found"), "plain", "search"),
    "waiting": Word(pgettext_lazy("place", "Waiting"), "wary", "clock"),
    "failed": Word(pgettext_lazy("place", "Not reached yet, tried again"), "bad", "refused"),
    "told": Word(pgettext_lazy("place", "Told, not confirmed yet"), "wary", "clock"),
    "done": Word(pgettext_lazy("place", "Deleted"), "good", "done"),
    "confirmed": Word(pgettext_lazy("place", "Confirmed"), "good", "done"),
    "kept": Word(pgettext_lazy("place", "Kept"), "plain", "shut"),
}
LAWFUL_GROUND = {
    "consent": Word(_("Consent")),
    "contract": Word(_("A contract with the person needs it")),
    "duty": Word(_("A duty set by law needs it")),
    "emergency": Word(_("An emergency of health or safety")),
    "public": Word(_("The person or the law made it public")),
    "law": Word(_("Another ground set by law")),
}
REFUSING = {
    "nothing": Word(_("Nothing")),
    "part": Word(_("The part alone that cannot do without")),
    "service": Word(_("The whole service")),
}
WHY = {
    "element": Word(_("the same data element")),
    "name": Word(_("the same name")),
    "like": Word(_("a similar name")),
}
SOURCE_KIND = {
    "ckan": Word(_("CKAN portal")),
    "dcat": Word(_("DCAT feed")),
    "sheet": Word(_("Spreadsheet on the web")),
}
SOURCE_STATE = {
    "running": Word(pgettext_lazy("source", "Read in turn"), "good", "done"),
    "paused": Word(pgettext_lazy("source", "Paused"), "plain", "close"),
}
RUN_STATE = {
    "running": Word(pgettext_lazy("harvest", "Being read"), "live", "clock"),
    "done": Word(pgettext_lazy("harvest", "Read to its end"), "good", "done"),
    "failed": Word(pgettext_lazy("harvest", "Broken off"), "bad", "refused"),
}
PULL_KIND = {
    "postgresql": Word(_("PostgreSQL database")),
    "mysql": Word(_("MySQL or MariaDB database")),
    "https": Word(_("File on the web")),
    "sftp": Word(_("File on an SFTP server")),
}
PULL_STATE = {
    "running": Word(pgettext_lazy("pull", "Fetched in turn"), "good", "done"),
    "paused": Word(pgettext_lazy("pull", "Paused"), "plain", "close"),
}
PULLED = {
    "running": Word(pgettext_lazy("pull", "Under way"), "live", "clock"),
    "taken": Word(pgettext_lazy("pull", "Brought in"), "good", "done"),
    "unchanged": Word(pgettext_lazy("pull", "Unchanged"), "plain", "done"),
    "reached": Word(pgettext_lazy("pull", "Reached"), "good", "done"),
    "failed": Word(pgettext_lazy("pull", "Failed"), "bad", "refused"),
}
RHYTHM = {
    "daily": Word(_("Every day")),
    "weekly": Word(_("Every week")),
    "monthly": Word(_("Every month")),
    "cycle": Word(_("As often as the resource is updated")),
}
HARVESTED = {
    "made": Word(pgettext_lazy("harvest", "New"), "good", "plus"),
    "changed": Word(pgettext_lazy("harvest", "Changed"), "live", "doc"),
    "kept": Word(pgettext_lazy("harvest", "Unchanged"), "plain", "done"),
    "refused": Word(pgettext_lazy("harvest", "Not entered"), "bad", "refused"),
    "gone": Word(pgettext_lazy("harvest", "Not listed any more"), "wary", "info"),
}
STANDARD_STATE = {
    "proposed": Word(pgettext_lazy("standard", "Proposed"), "wary", "clock"),
    "in_force": Word(pgettext_lazy("standard", "In force"), "good", "done"),
    "withdrawn": Word(pgettext_lazy("standard", "Withdrawn"), "plain", "close"),
}
BODY_STATE = {
    "living": Word(pgettext_lazy("body", "Acting"), "good", "done"),
    "verified": Word(pgettext_lazy("body", "Verified"), "good", "done"),
    "unverified": Word(pgettext_lazy("body", "Awaits verification"), "wary", "clock"),
    "ended": Word(pgettext_lazy("body", "Ended"), "plain", "close"),
}
PROPOSAL_STATE = {
    "waiting": Word(pgettext_lazy("proposal", "Waits for a second person"), "wary", "clock"),
    "done": Word(pgettext_lazy("proposal", "Approved and done"), "good", "done"),
    "withdrawn": Word(pgettext_lazy("proposal", "Taken back"), "plain", "back"),
    "expired": Word(pgettext_lazy("proposal", "Expired"), "plain", "close"),
}
DOOR = {
    "page": Word(pgettext_lazy("door", "On a page")),
    "api": Word(pgettext_lazy("door", "By interface, with a token")),
    "route": Word(pgettext_lazy("door", "By interface, with a token")),
    "system": Word(pgettext_lazy("door", "By the system itself")),
}
STEP_UP = {
    "recent_login": Word(_("only just after signing in"), "wary", "seat"),
    "second_person": Word(_("a second person approves"), "wary", "share"),
}
QUALITY = {
    "passed": Word(pgettext_lazy("quality", "Met"), "good", "done"),
    "failed": Word(pgettext_lazy("quality", "Not met"), "wary", "late"),
    "veto": Word(pgettext_lazy("quality", "Not met, caps the score"), "bad", "refused"),
    "idle": Word(pgettext_lazy("quality", "Nothing to evaluate"), "plain", "info"),
}
FINDING = {
    "sent": Word(pgettext_lazy("finding", "Sent to the provider"), "live", "clock"),
    "answered": Word(pgettext_lazy("finding", "Answered, to be mended"), "wary", "clock"),
    "overdue": Word(pgettext_lazy("finding", "Not mended in time"), "bad", "late"),
    "closed": Word(pgettext_lazy("finding", "Closed"), "good", "done"),
}
PERSONAL = {
    "resident_id": Word(pgettext_lazy("personal", "Resident identity numbers")),
    "mobile": Word(pgettext_lazy("personal", "Mobile numbers")),
    "bank_card": Word(pgettext_lazy("personal", "Bank card numbers")),
    "email": Word(pgettext_lazy("personal", "E-mail addresses")),
    "plate": Word(pgettext_lazy("personal", "Licence plates")),
    "passport": Word(pgettext_lazy("personal", "Passport numbers")),
    "permit": Word(pgettext_lazy("personal", "Travel permit numbers")),
    "name": Word(pgettext_lazy("personal", "Names of persons")),
    "address": Word(pgettext_lazy("personal", "Home addresses")),
    "landline": Word(pgettext_lazy("personal", "Landlines of homes")),
    "ip": Word(pgettext_lazy("personal", "IP addresses of persons")),
    "in_text": Word(pgettext_lazy("personal", "Identity or phone numbers within text")),
}
SURENESS = {
    "high": Word(pgettext_lazy("sureness", "Sure"), "bad", "refused"),
    "medium": Word(pgettext_lazy("sureness", "Likely"), "wary", "late"),
    "low": Word(pgettext_lazy("sureness", "Possible"), "plain", "info"),
}
# What the rooms are called whose acts are listed together.
ROOM = {
    "accounts": Word(pgettext_lazy("room", "Accounts")),
    "cases": Word(pgettext_lazy("room", "Cases")),
    "catalog": Word(pgettext_lazy("room", "Catalog")),
    "collecting": Word(pgettext_lazy("room", "Collection")),
    "compiling": Word(pgettext_lazy("room", "Import and export")),
    "delivery": Word(pgettext_lazy("room", "Delivery")),
    "exchange": Word(pgettext_lazy("room", "Exchange")),
    "files": Word(pgettext_lazy("room", "Attachments")),
    "gate": Word(pgettext_lazy("room", "Grants and holds")),
    "harvesting": Word(pgettext_lazy("room", "Catalogs of others")),
    "pulling": Word(pgettext_lazy("room", "Data that is fetched")),
    "ledger": Word(pgettext_lazy("room", "Ledger")),
    "notices": Word(pgettext_lazy("room", "Notices")),
    "opening": Word(pgettext_lazy("room", "Open portal")),
    "outbound": Word(pgettext_lazy("room", "Ways out")),
    "oversight": Word(pgettext_lazy("room", "Findings")),
    "parties": Word(pgettext_lazy("room", "Bodies and people")),
    "privacy": Word(pgettext_lazy("room", "Personal information")),
    "deidentify": Word(_("De-identification")),
    "market": Word(_("Market")),
    "compute": Word(pgettext_lazy("room", "Questions to bought data")),
    "contract": Word(pgettext_lazy("room", "Contracts on data")),
    "trade": Word(pgettext_lazy("room", "Acceptance and rating of trades")),
    "dispute": Word(pgettext_lazy("room", "Disputes over contracts")),
    "transfer": Word(pgettext_lazy("room", "Transfers of data")),
    "proposals": Word(pgettext_lazy("room", "Acts that take two people")),
    "quality": Word(pgettext_lazy("room", "Quality")),
    "refusals": Word(pgettext_lazy("room", "Refusals")),
    "registers": Word(pgettext_lazy("room", "Registers")),
    "talking": Word(pgettext_lazy("room", "Talking back")),
    "terms": Word(pgettext_lazy("room", "Terms")),
    "warehouse": Word(pgettext_lazy("room", "Data")),
}
# What the arguments of acts are called, where people read them.
ARGUMENT = {
    "body": pgettext_lazy("argument", "Body"),
    "cause": pgettext_lazy("argument", "Cause"),
    "entry": pgettext_lazy("argument", "Entry"),
    "extract": pgettext_lazy("argument", "Signed extract"),
    "ground": pgettext_lazy("argument", "Ground"),
    "hold": pgettext_lazy("argument", "Hold"),
    "index": pgettext_lazy("argument", "Number of the leaf"),
    "into": pgettext_lazy("argument", "Goes over to"),
    "keeper": pgettext_lazy("argument", "Body that keeps the ledger"),
    "name": pgettext_lazy("argument", "Name"),
    "person": pgettext_lazy("argument", "Person"),
    "reason": pgettext_lazy("argument", "Reason"),
    "seat": pgettext_lazy("argument", "Seat"),
    "successor": pgettext_lazy("argument", "Successor"),
    "things": pgettext_lazy("argument", "Passes on"),
}
# What stands on the whole way of a datum.
ON_WAY = {
    "system": Word(pgettext_lazy("thing", "Government system")),
    "project": Word(pgettext_lazy("thing", "Publicly funded project")),
    "pull": Word(pgettext_lazy("pull", "Fetched in turn")),
    "notice": Word(pgettext_lazy("way", "Collection notice")),
    "form": Word(pgettext_lazy("way", "Collection form")),
    "entry": Word(pgettext_lazy("thing", "Catalog entry")),
    "upload": Word(pgettext_lazy("way", "File that was brought in")),
    "release": Word(pgettext_lazy("way", "Published version")),
    "work": Word(_("De-identification")),
    "certificate": Word(_("Certificate of de-identification")),
    "extract": Word(pgettext_lazy("argument", "Signed extract")),
    "arrangement": Word(pgettext_lazy("thing", "Arrangement of market-based operation")),
    "listing": Word(pgettext_lazy("thing", "Listing")),
    "contract": Word(pgettext_lazy("thing", "Contract on data")),
    "trade": Word(pgettext_lazy("way", "Trade on file")),
    "grant": Word(pgettext_lazy("thing", "Grant")),
    "delivery": Word(pgettext_lazy("way", "Handed out")),
    "anybody": Word(_("Anybody")),
    "body": Word(pgettext_lazy("argument", "Body")),
    "person": Word(pgettext_lazy("argument", "Person")),
}
GRANT_STATE = {
    "coming": Word(pgettext_lazy("grant", "Begins later"), "live", "clock"),
    "live": Word(pgettext_lazy("grant", "In force"), "good", "done"),
    "ended": Word(pgettext_lazy("grant", "Ended"), "plain", "close"),
    "revoked": Word(pgettext_lazy("grant", "Taken back"), "bad", "back"),
}
EXTRACT_STATE = {
    "waiting": Word(pgettext_lazy("extract", "Waits for a second person"), "wary", "clock"),
    "issued": Word(pgettext_lazy("extract", "Issued"), "good", "done"),
    "valid": Word(pgettext_lazy("extract", "Holds"), "good", "done"),
    "outdated": Word(pgettext_lazy("extract", "Out of date"), "wary", "late"),
    "uncertain": Word(pgettext_lazy("extract", "A newer version is there"), "wary", "info"),
    "revoked": Word(pgettext_lazy("extract", "Revoked"), "bad", "back"),
}
VERDICT = {
    "yes": Word(pgettext_lazy("verdict", "Matches"), "good", "done"),
    "no": Word(pgettext_lazy("verdict", "Does not match"), "bad", "refused"),
    "unknown": Word(pgettext_lazy("verdict", "Not confirmed"), "plain", "info"),
}
HOLD_STATE = {
    "live": Word(pgettext_lazy("hold", "Stopped"), "bad", "refused"),
    "lifted": Word(pgettext_lazy("hold", "Lifted"), "plain", "done"),
}
# What a hold can stop on its own.
STOPPED = {
    "resource.read": Word(_("Taking the data")),
    "entry.read": Word(_("Reading what the entry says")),
    "opening.apply": Word(_("Applying for it")),
    "warehouse.receive": Word(_("Bringing in data")),
    "quality.change_rule": Word(_("Changing the rule")),
    "quality.drop_rule": Word(_("Dropping the rule")),
    "quality.set_threshold": Word(_("Setting the threshold")),
}
VEIL = {
    "partial": Word(pgettext_lazy("item", "Veiled in part")),
    "null": Word(pgettext_lazy("item", "Emptied")),
}
OPERATOR = {
    "eq": Word(pgettext_lazy("operator", "is")),
    "in": Word(pgettext_lazy("operator", "is one of")),
    "startswith": Word(pgettext_lazy("operator", "begins with")),
    "gte": Word(pgettext_lazy("operator", "is at least")),
    "lte": Word(pgettext_lazy("operator", "is at most")),
}
EGRESS_STATE = {
    "asked": Word(pgettext_lazy("way out", "Waits for an answer"), "wary", "clock"),
    "allowed": Word(pgettext_lazy("way out", "Open"), "good", "open"),
    "over": Word(pgettext_lazy("way out", "Its days are over"), "plain", "close"),
    "ended": Word(pgettext_lazy("way out", "Closed"), "plain", "shut"),
}
EGRESS_PURPOSE = {
    "notice": Word(_("Notices by webhook")),
    "delivery": Word(_("Data that is pushed")),
    "harvest": Word(_("Catalogs that are harvested")),
    "pull": Word(_("Data that is fetched in turn")),
    "relay": Word(_("Services that are called")),
}
SERVICE_STATE = {
    "offered": Word(pgettext_lazy("service", "Offered"), "good", "open"),
    "ended": Word(pgettext_lazy("service", "Ended"), "plain", "close"),
}
CIRCUIT = {
    "closed": Word(pgettext_lazy("service", "Answers"), "good", "done"),
    "open": Word(pgettext_lazy("service", "Does not answer"), "bad", "refused"),
    "trying": Word(pgettext_lazy("service", "Is tried again"), "wary", "clock"),
}
GROUND = {
    "purpose_met": Word(_("The purpose is met, or can no longer be")),
    "term_ended": Word(_("The service has ended, or the term of keeping")),
    "consent_withdrawn": Word(_("The person has withdrawn consent")),
    "unlawful": Word(_("It was handled against the law or an agreement")),
    "other_law": Word(_("Another law or administrative regulation says so")),
}
CAUSE = {
    "restored": Word(_("The database was restored from an older copy")),
    "damaged": Word(_("Disk or database were damaged")),
    "tampered": Word(_("Somebody changed the database")),
    "unknown": Word(_("Nobody knows yet why")),
}
CHANNEL = {
    "mail": Word(_("Mail"), icon="mail"),
    "sms": Word(_("Text message"), icon="phone"),
    "webhook": Word(_("Webhook"), icon="code"),
}
SCOPE = {
    "all": Word(_("Everything")),
    "urgent": Word(_("Only what asks for something to be done")),
}
DELIVERY = {
    "waiting": Word(pgettext_lazy("delivery", "Not arrived yet"), "wary", "clock"),
    "sent": Word(pgettext_lazy("delivery", "Arrived"), "good", "done"),
    "dead": Word(pgettext_lazy("delivery", "Given up"), "bad", "refused"),
}
# In which way data left, and how far it came.
WAY = {
    "query": Word(pgettext_lazy("delivery", "Page of rows")),
    "download": Word(pgettext_lazy("delivery", "File")),
    "verify": Word(pgettext_lazy("delivery", "Verification")),
    "call": Word(pgettext_lazy("delivery", "Call of a service")),
    "push": Word(pgettext_lazy("delivery", "Sent to a subscriber")),
    "compute": Word(pgettext_lazy("delivery", "Answer to a question")),
}
HANDED = {
    "begun": Word(pgettext_lazy("delivery", "Under way"), "live", "clock"),
    "finished": Word(pgettext_lazy("delivery", "Delivered"), "good", "done"),
    "cut": Word(pgettext_lazy("delivery", "Cut off"), "bad", "close"),
}
FAILURE = {
    "refused": Word(_("It was not taken there.")),
    "closed": Word(_("The channel was closed meanwhile.")),
    "url": Word(_("The address is none that can be called.")),
    "rule": Word(_("No way out of your body leads there any more.")),
    "name": Word(_("The name of the host is not known.")),
    "address": Word(_("The host lies in a network that is closed.")),
    "unreachable": Word(_("The host could not be reached.")),
    "tls": Word(_("The host's certificate is not valid.")),
    "redirect": Word(_("The host led on too often, or to an address without TLS.")),
    "time": Word(_("The answer took too long.")),
    "size": Word(_("The answer was too long.")),
    "encoding": Word(_("The answer was packed in a way that was not asked for.")),
    "terms": Word(_("The grant speaks of items that this version does not have.")),
    "purpose": Word(_("It is given for several uses by now, and none of them is named.")),
    "unmade": Word(_("What was to be sent could not be made.")),
}
SUBSCRIPTION = {
    "runs": Word(pgettext_lazy("subscription", "Runs"), "good", "done"),
    "behind": Word(pgettext_lazy("subscription", "Is tried again"), "wary", "clock"),
    "stands": Word(pgettext_lazy("subscription", "Stands still"), "bad", "late"),
    "ended": Word(pgettext_lazy("subscription", "Ended"), icon="close"),
    "lapsed": Word(pgettext_lazy("subscription", "Ended with the right to the data"), icon="close"),
}
WANTS = {
    "news": Word(pgettext_lazy("subscription", "News")),
    "changes": Word(pgettext_lazy("subscription", "Changed rows")),
}
KINDS: "dict[str, Mapping[Any, Word]]" = {
    "opening": OPENING,
    "sharing": SHARING,
    "social": SOCIAL,
    "handing_over": HANDING_OVER,
    "audience": AUDIENCE,
    "grade": GRADE,
    "entry": ENTRY_STATE,
    "case": CASE_STATE,
    "cause": CAUSE,
    "outcome": OUTCOME,
    "doubt_outcome": DOUBT_OUTCOME,
    "case_step": CASE_STEP,
    "opinion": OPINION,
    "party": PARTY,
    "upload": UPLOAD_STATE,
    "mode": MODE,
    "row_change": ROW_CHANGE,
    "import": IMPORT_STATE,
    "planned": PLANNED,
    "file": FILE_KIND,
    "leaf": LEAF_STATE,
    "cycle": UPDATE_CYCLE,
    "revision": REVISION_STATE,
    "revision_kind": REVISION_KIND,
    "item_change": ITEM_CHANGE,
    "change": CHANGE_KIND,
    "late": LATE,
    "item": ITEM_TYPE,
    "stage": STAGE,
    "mend": MEND,
    "tidied": TIDIED,
    "column_change": COLUMN_CHANGE,
    "reason": REASON,
    "role": ROLE,
    "body": BODY_STATE,
    "login": LOGIN,
    "thing": THING,
    "reuse_kind": REUSE_KIND,
    "reuse": REUSE_STATE,
    "link": LINK_STATE,
    "comment": COMMENT_STATE,
    "news_kind": NEWS_KIND,
    "news": NEWS_STATE,
    "complaint_outcome": COMPLAINT_OUTCOME,
    "proposal": PROPOSAL_STATE,
    "channel": CHANNEL,
    "scope": SCOPE,
    "delivery": DELIVERY,
    "failure": FAILURE,
    "subscription": SUBSCRIPTION,
    "wants": WANTS,
    "way": WAY,
    "handed": HANDED,
    "door": DOOR,
    "step_up": STEP_UP,
    "finding": FINDING,
    "personal": PERSONAL,
    "quality": QUALITY,
    "sureness": SURENESS,
    "room": ROOM,
    "system": SYSTEM_STATE,
    "funding": FUNDING,
    "plan_kind": PLAN_KIND,
    "plan": PLAN_STATE,
    "negotiation": NEGOTIATION,
    "computation": COMPUTATION,
    "contract": CONTRACT,
    "certificate_state": CERTIFICATE_STATE,
    "inspection": INSPECTION,
    "point": POINT,
    "settlement": SETTLEMENT,
    "dispute": DISPUTE,
    "dispute_about": DISPUTE_ABOUT,
    "statement": STATEMENT,
    "transfer": TRANSFER,
    "transfer_side": TRANSFER_SIDE,
    "arrangement": ARRANGEMENT,
    "arrangement_way": ARRANGEMENT_WAY,
    "capacity": CAPACITY,
    "check_point": CHECK_POINT,
    "delivery_mode": DELIVERY_MODE,
    "listing": LISTING,
    "membership": MEMBERSHIP,
    "price_mode": PRICE_MODE,
    "product_kind": PRODUCT_KIND,
    "review_level": REVIEW_LEVEL,
    "rule_kind": RULE_KIND,
    "source_basis": SOURCE_BASIS,
    "export": EXPORT_STATE,
    "standard": STANDARD_STATE,
    "step": STEP,
    "process_rule": RULE_STATE,
    "source_kind": SOURCE_KIND,
    "source": SOURCE_STATE,
    "run": RUN_STATE,
    "harvested": HARVESTED,
    "pull_kind": PULL_KIND,
    "pull": PULL_STATE,
    "pulled": PULLED,
    "rhythm": RHYTHM,
    "collection": COLLECTION_STATE,
    "asked_of": ASKED_OF,
    "why": WHY,
    "collection_notice": NOTICE_STATE,
    "consent": CONSENT_STATE,
    "deidentification": WORK_STATE,
    "tabulation": TABLE_STATE,
    "subject_what": SUBJECT_WHAT,
    "place_kind": PLACE_KIND,
    "place": PLACE_STATE,
    "lawful_ground": LAWFUL_GROUND,
    "refusing": REFUSING,
    "grant": GRANT_STATE,
    "on_way": ON_WAY,
    "hold": HOLD_STATE,
    "extract": EXTRACT_STATE,
    "verdict": VERDICT,
    "stopped": STOPPED,
    "veil": VEIL,
    "operator": OPERATOR,
    "egress": EGRESS_STATE,
    "egress_purpose": EGRESS_PURPOSE,
    "service": SERVICE_STATE,
    "circuit": CIRCUIT,
    "ground": GROUND,
    "demand": DEMAND_STATE,
    "opening_line": OPENING_LINE,
}


def word(kind: str, value: object) -> Word:
    """Return how ``value`` of ``kind`` is shown; a value without a word is shown as it is."""
    return KINDS[kind].get(value) or Word(str(value))


def argument(name: str) -> str:
    """Return what the argument ``name`` of an act is called; one without a word keeps its name."""
    return str(ARGUMENT.get(name, name))
