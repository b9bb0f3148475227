"""Say what a leaf holds in a sentence, for those who may open it; for others its hash alone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yelin.acts.frame import PROPOSED
from yelin.catalog.models import Entry
from yelin.gate import composed
from yelin.law import clock, duties, packs
from yelin.ledger import log
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.surface import receipts
from yelin.web.shapes import LeafLine, Link
from yelin.web.templatetags.yelin import body_name, day, moment, number, title_of

# What each act is called.
ACTS = {
    "parties.found": gettext_lazy("Body entered"),
    "parties.register_enterprise": gettext_lazy("Body registered by itself"),
    "parties.rename": gettext_lazy("Body renamed"),
    "parties.merge": gettext_lazy("Body merged into another"),
    "parties.split": gettext_lazy("Things passed on to another body"),
    "parties.dissolve": gettext_lazy("Body dissolved"),
    "parties.enrol": gettext_lazy("Person enrolled"),
    "parties.appoint": gettext_lazy("Seat given"),
    "parties.recover": gettext_lazy("Lost seat given anew"),
    "parties.leave": gettext_lazy("Seat ended"),
    "parties.hand_over": gettext_lazy("Seat handed over"),
    "parties.depute": gettext_lazy("Deputy named"),
    "parties.end_deputy": gettext_lazy("Deputy ended"),
    "parties.invite": gettext_lazy("Representative invited"),
    "parties.accept": gettext_lazy("Invitation accepted"),
    "parties.decline": gettext_lazy("Invitation ended"),
    "parties.give_link": gettext_lazy("Way to a new password given"),
    "parties.issue_token": gettext_lazy("Token issued"),
    "parties.revoke_token": gettext_lazy("Token revoked"),
    "notices.open_channel": gettext_lazy("Channel opened"),
    "notices.confirm_channel": gettext_lazy("Channel confirmed"),
    "notices.limit_channel": gettext_lazy("Channel limited"),
    "notices.close_channel": gettext_lazy("Channel closed"),
    "notices.issue_feed": gettext_lazy("Calendar address issued"),
    "notices.revoke_feed": gettext_lazy("Calendar address revoked"),
    "outbound.ask_host": gettext_lazy("Way out asked for"),
    "outbound.allow_host": gettext_lazy("Way out allowed"),
    "outbound.forbid_host": gettext_lazy("Way out closed"),
    "accounts.register": gettext_lazy("Account opened"),
    "accounts.register_outside": gettext_lazy("Account opened by a provider elsewhere"),
    "accounts.link": gettext_lazy("Linked with a provider elsewhere"),
    "accounts.unlink": gettext_lazy("Link with a provider elsewhere ended"),
    "accounts.sign_out_all": gettext_lazy("Signed out everywhere"),
    "accounts.amend": gettext_lazy("Account corrected"),
    "accounts.send_link": gettext_lazy("Link to a new password sent"),
    "accounts.give_link": gettext_lazy("Link to a new password given by the operator"),
    "accounts.block": gettext_lazy("Login blocked"),
    "accounts.unblock": gettext_lazy("Login unblocked"),
    "accounts.delete": gettext_lazy("Account deleted"),
    "talking.show_reuse": gettext_lazy("Reuse handed in"),
    "talking.amend_reuse": gettext_lazy("Reuse changed"),
    "talking.approve_reuse": gettext_lazy("Reuse shown"),
    "talking.return_reuse": gettext_lazy("Reuse returned"),
    "talking.withdraw_reuse": gettext_lazy("Reuse withdrawn"),
    "talking.remove_reuse": gettext_lazy("Reuse taken down"),
    "talking.feature_reuse": gettext_lazy("Reuse put on the home page, or off it"),
    "talking.comment": gettext_lazy("Comment written"),
    "talking.show_comment": gettext_lazy("Comment shown"),
    "talking.reject_comment": gettext_lazy("Comment not shown"),
    "talking.remove_comment": gettext_lazy("Comment taken down"),
    "talking.withdraw_comment": gettext_lazy("Comment deleted"),
    "talking.answer_comment": gettext_lazy("Comment answered"),
    "talking.report_comment": gettext_lazy("Comment reported"),
    "opening.identify": gettext_lazy("Asked to be verified"),
    "talking.complain": gettext_lazy("Complaint about rights made"),
    "talking.stop_delivery": gettext_lazy("Delivery stopped because of a complaint"),
    "talking.resume_delivery": gettext_lazy("Delivery let go on after a complaint"),
    "talking.draft_news": gettext_lazy("News drafted"),
    "talking.revise_news": gettext_lazy("News revised"),
    "talking.publish_news": gettext_lazy("News published"),
    "talking.withdraw_news": gettext_lazy("News withdrawn"),
    "gate.revoke": gettext_lazy("Grant taken back"),
    "gate.place_hold": gettext_lazy("Hold placed"),
    "gate.lift_hold": gettext_lazy("Hold lifted"),
    "proposals.approve": gettext_lazy("Proposal approved"),
    "proposals.withdraw": gettext_lazy("Proposal taken back"),
    "proposals.expire": gettext_lazy("Proposal expired"),
    "refusals.close_hour": gettext_lazy("Refusals of one hour counted"),
    "ledger.shred": gettext_lazy("Leaf shredded"),
    "ledger.accept_loss": gettext_lazy("Loss of the ledger accepted"),
    PROPOSED: gettext_lazy("Act proposed to a second person"),
    "registers.register_system": gettext_lazy("Government system entered"),
    "registers.amend_system": gettext_lazy("Government system changed"),
    "registers.connect_system": gettext_lazy("Government system connected"),
    "registers.end_system": gettext_lazy("Government system ended"),
    "registers.register_project": gettext_lazy("Publicly funded project entered"),
    "registers.amend_project": gettext_lazy("Publicly funded project corrected"),
    "registers.draft_overall_plan": gettext_lazy("Overall plan drafted"),
    "registers.draft_special_plan": gettext_lazy("Special plan drafted"),
    "registers.amend_plan": gettext_lazy("Plan changed"),
    "registers.approve_plan": gettext_lazy("Overall plan approved"),
    "registers.publish_plan": gettext_lazy("Plan published"),
    "registers.file_plan": gettext_lazy("Plan sent for filing"),
    "registers.record_plan": gettext_lazy("Plan taken on file"),
    "registers.draft_rule": gettext_lazy("Whole-process rule drafted"),
    "registers.amend_rule": gettext_lazy("Whole-process rule changed"),
    "registers.publish_rule": gettext_lazy("Whole-process rule published"),
    "registers.repeal_rule": gettext_lazy("Whole-process rule repealed"),
    "registers.propose_standard": gettext_lazy("Data standard proposed"),
    "registers.join_standard": gettext_lazy("Data standard joined"),
    "registers.adopt_standard": gettext_lazy("Data standard in force"),
    "registers.withdraw_standard": gettext_lazy("Data standard withdrawn"),
    "registers.add_code_list": gettext_lazy("Code list laid down"),
    "registers.revise_code_list": gettext_lazy("Code list revised"),
    "registers.define_element": gettext_lazy("Data element defined"),
    "catalog.draft": gettext_lazy("Entry drafted"),
    "catalog.amend": gettext_lazy("Entry changed"),
    "catalog.register": gettext_lazy("Entry registered"),
    "catalog.submit": gettext_lazy("Entry sent for confirmation"),
    "catalog.confirm": gettext_lazy("Entry confirmed"),
    "catalog.return": gettext_lazy("Entry returned with reasons"),
    "catalog.add_category": gettext_lazy("Category of the classification tree laid down"),
    "catalog.drop": gettext_lazy("Entry or revision dropped"),
    "catalog.ask_withdrawal": gettext_lazy("Withdrawal of the entry asked for"),
    "catalog.note_change": gettext_lazy("Change of law or function noted"),
    "catalog.keep": gettext_lazy("Entry stays as it is after a change"),
    "catalog.lapse": gettext_lazy("Term to revise the entry has passed"),
    "catalog.share": gettext_lazy("Rows given to another body"),
    "privacy.draft": gettext_lazy("Collection notice begun"),
    "privacy.amend": gettext_lazy("Collection notice changed"),
    "privacy.publish": gettext_lazy("Collection notice published"),
    "privacy.withdraw_notice": gettext_lazy("Collection notice withdrawn"),
    "privacy.agree": gettext_lazy("Agreed to a purpose"),
    "privacy.agree_for_child": gettext_lazy("Agreed to a purpose for a child"),
    "privacy.withdraw": gettext_lazy("Consent withdrawn"),
    "privacy.list_consents": gettext_lazy("List of who agreed named"),
    "privacy.take_list": gettext_lazy("List of who agreed read"),
    "privacy.object": gettext_lazy("Objected to a list of who agreed"),
    "privacy.object_for_child": gettext_lazy("Objected to a list of who agreed for a child"),
    "privacy.end_list": gettext_lazy("List of who agreed ended"),
    "privacy.ask": gettext_lazy("Asked what is held of oneself"),
    "privacy.ask_for_child": gettext_lazy("Asked what is held of a child"),
    "privacy.list_places": gettext_lazy("Places that hold a person listed"),
    "privacy.bury": gettext_lazy("Rows of a person come back no more"),
    "privacy.settle": gettext_lazy("A place holds the person no more"),
    "privacy.end_consent": gettext_lazy("Consent ended by a deletion"),
    "privacy.tell": gettext_lazy("Recipient told to delete"),
    "privacy.confirm": gettext_lazy("Recipient confirmed the deletion"),
    "privacy.miss": gettext_lazy("Recipient did not confirm in time"),
    "privacy.widen": gettext_lazy("Deletion reached a further version"),
    "privacy.prove": gettext_lazy("Looked through again: nothing found"),
    "privacy.copy": gettext_lazy("Copy made for the person"),
    "privacy.forget_copy": gettext_lazy("Copy for the person destroyed"),
    "privacy.cover": gettext_lazy("Data goes out by consent alone"),
    "privacy.uncover": gettext_lazy("Giving data by consent stopped"),
    "deidentify.begin": gettext_lazy("De-identification begun"),
    "deidentify.classify": gettext_lazy("Items classified"),
    "deidentify.tabulate": gettext_lazy("Table of statistics planned"),
    "deidentify.search": gettext_lazy("Search of levels begun"),
    "deidentify.call_off": gettext_lazy("Work called off"),
    "deidentify.prepare": gettext_lazy("De-identified rows written"),
    "deidentify.measure": gettext_lazy("Risk of telling somebody measured"),
    "deidentify.certify": gettext_lazy("Certificate of de-identification issued"),
    "deidentify.withdraw": gettext_lazy("Certificate of de-identification taken back"),
    "deidentify.bring_hierarchy": gettext_lazy("Hierarchy brought"),
    "deidentify.change_hierarchy": gettext_lazy("Hierarchy changed"),
    "deidentify.set_budget": gettext_lazy("Privacy budget set"),
    "collecting.draft": gettext_lazy("Collection form drafted"),
    "collecting.amend": gettext_lazy("Collection form changed"),
    "collecting.use_shared": gettext_lazy("Item taken through sharing"),
    "collecting.give_reason": gettext_lazy("Reason given for asking again"),
    "collecting.submit": gettext_lazy("Collection form handed in"),
    "collecting.approve": gettext_lazy("Collection form approved"),
    "collecting.return": gettext_lazy("Collection form returned with reasons"),
    "compiling.receive": gettext_lazy("Catalog brought in as a file"),
    "compiling.plan": gettext_lazy("Catalog read again in another way"),
    "compiling.run": gettext_lazy("Catalog set going to be entered"),
    "compiling.export": gettext_lazy("Catalog asked for as a file"),
    "compiling.discard": gettext_lazy("Catalog discarded"),
    "harvesting.add": gettext_lazy("Catalog of others named"),
    "harvesting.amend": gettext_lazy("Catalog of others changed"),
    "harvesting.pause": gettext_lazy("Catalog of others paused"),
    "harvesting.resume": gettext_lazy("Catalog of others resumed"),
    "harvesting.read": gettext_lazy("Catalog of others read"),
    "quality.add_rule": gettext_lazy("Rule of quality written"),
    "quality.change_rule": gettext_lazy("Rule of quality changed"),
    "quality.drop_rule": gettext_lazy("Rule of quality dropped"),
    "quality.set_threshold": gettext_lazy("Threshold of quality set"),
    "oversight.find": gettext_lazy("Fault found with the quality of a version"),
    "oversight.answer": gettext_lazy("Finding answered by the provider"),
    "oversight.hold": gettext_lazy("What the finding stands on is held"),
    "oversight.close": gettext_lazy("Finding closed by a version that mends it"),
    "oversight.lapse": gettext_lazy("Term to mend has passed"),
    "pulling.add": gettext_lazy("Place to fetch data from named"),
    "pulling.amend": gettext_lazy("Place to fetch data from changed"),
    "pulling.trust": gettext_lazy("Key of a server trusted"),
    "pulling.try_out": gettext_lazy("Connection tried"),
    "pulling.fetch": gettext_lazy("Data fetched"),
    "pulling.pause": gettext_lazy("Fetching of data paused"),
    "pulling.resume": gettext_lazy("Fetching of data resumed"),
    "warehouse.receive": gettext_lazy("File brought in"),
    "warehouse.prepare": gettext_lazy("File checked again"),
    "warehouse.publish": gettext_lazy("Data published as the next version"),
    "warehouse.state_ground": gettext_lazy("Ground of publication stated"),
    "warehouse.end_ground": gettext_lazy("Ground of publication ended"),
    "warehouse.object_to_ground": gettext_lazy("Ground of publication objected to"),
    "warehouse.discard": gettext_lazy("File discarded"),
    "warehouse.roll_back": gettext_lazy("Older version prepared as the next"),
    "warehouse.erase": gettext_lazy("Rows erased by their keys"),
    "warehouse.redact": gettext_lazy("Erased rows taken out of a version"),
    "warehouse.keep": gettext_lazy("Term of keeping of older versions chosen"),
    "warehouse.destroy": gettext_lazy("Older version destroyed after its term"),
    "warehouse.reseal": gettext_lazy("Copies sealed or opened as the entry asks"),
    "warehouse.lapse": gettext_lazy("Term to bring in data has passed"),
    "opening.apply": gettext_lazy("Application handed in"),
    "opening.demand": gettext_lazy("Demand handed in"),
    "opening.withdraw_demand": gettext_lazy("Demand withdrawn"),
    "opening.publish_demand": gettext_lazy("Demand read and made public"),
    "opening.return_demand": gettext_lazy("Demand returned with reasons"),
    "opening.merge_demand": gettext_lazy("Demand merged into another"),
    "opening.assign_demand": gettext_lazy("Demand given to another body"),
    "opening.support": gettext_lazy("Voice for a demand"),
    "opening.unsupport": gettext_lazy("Voice for a demand taken back"),
    "opening.plan_demand": gettext_lazy("Demand answered with a plan"),
    "opening.decline_demand": gettext_lazy("Demand answered: not opened"),
    "opening.release_demand": gettext_lazy("Demand answered with an open entry"),
    "opening.fulfil_demand": gettext_lazy("What was planned for the demand is open"),
    "opening.lapse_demand": gettext_lazy("Term of the demand has passed"),
    "opening.draft_plan": gettext_lazy("Plan of opening drafted"),
    "opening.add_to_plan": gettext_lazy("Line added to a plan of opening"),
    "opening.drop_from_plan": gettext_lazy("Line taken out of a plan of opening"),
    "opening.publish_plan": gettext_lazy("Plan of opening published"),
    "market.arrange": gettext_lazy("Arrangement of market-based operation drafted"),
    "market.reach": gettext_lazy("Entry added to an arrangement"),
    "market.drop": gettext_lazy("Entry taken out of an arrangement"),
    "market.publish": gettext_lazy("Arrangement published"),
    "market.extend": gettext_lazy("Arrangement extended"),
    "market.end": gettext_lazy("Arrangement ended early"),
    "contract.file": gettext_lazy("Trade filed"),
    "contract.hold": gettext_lazy("Delivery under a contract stopped"),
    "contract.let_go": gettext_lazy("Delivery under a contract resumed"),
    "contract.expire": gettext_lazy("Contract ran out"),
    "contract.end": gettext_lazy("Contract ended early"),
    "compute.ask": gettext_lazy("Question to bought data asked"),
    "compute.call_off": gettext_lazy("Question to bought data called off"),
    "compute.bound": gettext_lazy("Bounds set to what is asked"),
    "compute.conclude": gettext_lazy("Answer to a question checked"),
    "trade.inspect": gettext_lazy("Inspection of what was bought begun"),
    "trade.accept": gettext_lazy("What was bought accepted"),
    "trade.refuse": gettext_lazy("What was bought refused"),
    "trade.deem": gettext_lazy("What was bought counts as accepted"),
    "trade.mend": gettext_lazy("Defects of what was bought mended"),
    "trade.rate": gettext_lazy("What was bought rated"),
    "trade.answer": gettext_lazy("Rating of what was bought answered"),
    "trade.hide": gettext_lazy("Rating of what was bought hidden"),
    "trade.unhide": gettext_lazy("Rating of what was bought shown again"),
    "market.admit_platform": gettext_lazy("Trading platform admitted"),
    "market.close_platform": gettext_lazy("Trading platform closed"),
    "market.publish_rules": gettext_lazy("Rules of a platform published"),
    "market.join": gettext_lazy("Part in a platform asked for"),
    "market.admit": gettext_lazy("Part in a platform begun"),
    "market.part": gettext_lazy("Part in a platform ended"),
    "market.make_product": gettext_lazy("Product described"),
    "market.change_product": gettext_lazy("Product described anew"),
    "market.add_source": gettext_lazy("Source of a product named"),
    "market.drop_source": gettext_lazy("Source of a product taken out"),
    "market.withdraw_product": gettext_lazy("Product withdrawn"),
    "market.offer": gettext_lazy("Offer drafted"),
    "market.change_offer": gettext_lazy("Offer changed"),
    "market.submit": gettext_lazy("Offer handed in for review"),
    "market.take_back": gettext_lazy("Offer taken back from review"),
    "market.review": gettext_lazy("Offer reviewed"),
    "market.suspend": gettext_lazy("Listing suspended"),
    "market.resume": gettext_lazy("Listing resumed"),
    "market.delist": gettext_lazy("Offer ended"),
    "transfer.request": gettext_lazy("Transfer asked for"),
    "transfer.start": gettext_lazy("Transfer started"),
    "transfer.suspend": gettext_lazy("Transfer suspended"),
    "transfer.complete": gettext_lazy("Transfer completed"),
    "transfer.terminate": gettext_lazy("Transfer ended"),
    "contract.propose": gettext_lazy("Offer of a contract made"),
    "contract.offer": gettext_lazy("Counter-offer made"),
    "contract.accept": gettext_lazy("Offer accepted, contract drawn up"),
    "contract.terminate": gettext_lazy("Negotiation broken off"),
    "contract.lapse": gettext_lazy("Offer not answered in time"),
    "contract.sign": gettext_lazy("Contract signed"),
    "contract.record": gettext_lazy("Settlement recorded"),
    "dispute.open": gettext_lazy("Dispute over a contract opened"),
    "dispute.answer": gettext_lazy("Dispute answered by the other side"),
    "dispute.say": gettext_lazy("Statement made in a dispute"),
    "dispute.propose": gettext_lazy("Settlement of a dispute proposed"),
    "dispute.accept": gettext_lazy("Dispute settled by agreement"),
    "dispute.withdraw": gettext_lazy("Dispute withdrawn"),
    "dispute.refer": gettext_lazy("Mediation of a dispute ended without agreement"),
    "dispute.lapse": gettext_lazy("Term of a dispute passed"),
    "contract.bring_certificate": gettext_lazy("Signing certificate registered"),
    "contract.approve_certificate": gettext_lazy("Signing certificate approved"),
    "contract.end_certificate": gettext_lazy("Signing certificate ended"),
    "exchange.request": gettext_lazy("Request to share handed in"),
    "exchange.renew": gettext_lazy("Request to go on handed in"),
    "exchange.answer": gettext_lazy("Said how verification answers"),
    "exchange.note_enumeration": gettext_lazy("Enumeration noticed"),
    "exchange.stop_verification": gettext_lazy("Verification stopped after enumeration"),
    "exchange.extract": gettext_lazy("Signed extract issued, or asked for"),
    "exchange.issue_extract": gettext_lazy("Signed extract issued by two people"),
    "exchange.revoke_extract": gettext_lazy("Signed extract revoked"),
    "exchange.bring_seal": gettext_lazy("Seal of a body brought"),
    "exchange.end_seal": gettext_lazy("Seal of a body ended"),
    "exchange.offer_service": gettext_lazy("Service offered"),
    "exchange.end_service": gettext_lazy("Service ended"),
    "exchange.register_key": gettext_lazy("Key that signs registered"),
    "exchange.end_key": gettext_lazy("Key that signs ended"),
    "delivery.doubt": gettext_lazy("Doubt reported"),
    # What was reported before is told in the same words.
    "cases.ask_completion": gettext_lazy("Completion asked for"),
    "cases.complete": gettext_lazy("Case completed"),
    "cases.accept": gettext_lazy("Case accepted"),
    "cases.deem_accepted": gettext_lazy("Counts as accepted: nobody examined it in time"),
    "cases.abandon": gettext_lazy("Closed: not completed in time"),
    "cases.suspend": gettext_lazy("Another party is heard; the term stands still"),
    "cases.hear_person": gettext_lazy("A person is heard; the term stands still"),
    "cases.give_opinion": gettext_lazy("A party that is heard gave its opinion"),
    "cases.resume": gettext_lazy("Others were heard; the term runs on"),
    "cases.go_on": gettext_lazy("Other party said nothing in time; the term runs on"),
    "cases.extend": gettext_lazy("Term extended"),
    "cases.decide": gettext_lazy("Decided"),
    "cases.lapse": gettext_lazy("Term to answer has passed"),
    "cases.withdraw": gettext_lazy("Case withdrawn"),
    "cases.appeal": gettext_lazy("Appeal lodged"),
    "cases.decide_appeal": gettext_lazy("Appeal decided"),
    "cases.close": gettext_lazy("Case closed"),
    "cases.say": gettext_lazy("Message between the parties"),
    "cases.finish_step": gettext_lazy("Step of a case done"),
    "cases.lapse_step": gettext_lazy("Step of a case not done in time"),
    "files.attach": gettext_lazy("File attached"),
    "files.remove": gettext_lazy("File removed"),
    "terms.recount": gettext_lazy("Term counted anew on a changed calendar"),
    "delivery.close_hour": gettext_lazy("Deliveries of one hour counted"),
    "delivery.close_minute": gettext_lazy("Deliveries of one minute listed"),
    "delivery.forget": gettext_lazy("Single deliveries past their term forgotten"),
    "delivery.attribute": gettext_lazy("Leaked file held against its recipients' copies"),
    "delivery.subscribe": gettext_lazy("Subscribed to new versions"),
    "delivery.replay": gettext_lazy("Sent anew to a subscriber"),
    "delivery.unsubscribe": gettext_lazy("Subscription ended"),
    "delivery.lapse_subscription": gettext_lazy("Subscription ended with the right to the data"),
}
# Where the facts of a leaf say more, the sentence that they fill.
SENTENCES = {
    "ledger.shred": gettext_lazy("Leaf {index} shredded: salt and content are destroyed"),
    "refusals.close_hour": gettext_lazy(
        "In the hour from {hour}: callers without a name refused: {refusals}"
    ),
    "warehouse.publish": gettext_lazy("Version {release[number]} published. Rows: {release[rows]}"),
    "terms.recount": gettext_lazy("Due on {clock[due]} instead of {clock[was]}"),
    "delivery.close_hour": gettext_lazy(
        "In the hour from {tally[hour]}: downloads: {tally[downloads]}, queries: {tally[queries]}"
    ),
    "delivery.close_minute": gettext_lazy("Deliveries finished: {finished}; cut off: {cut}"),
    "delivery.forget": gettext_lazy("Deliveries from before {before} kept in sum alone: {calls}"),
}
_UNTOLD = pgettext_lazy("leaf", "An act")
_DAY_OR_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?P<time>T\d\d:\d\d.*)?")


def lines(
    actor: Actor, leaves: Sequence[Leaf], *, published: int | None = None, are_open: bool = False
) -> list[LeafLine]:
    """Return leaves as ``actor`` may have them, in their order; three queries in all.

    ``published`` leaves are under a signed checkpoint, where the caller knows already; and they
    ``are_open`` to the actor, where the caller asked the gate for those alone.
    """
    if are_open:
        opened = {leaf.pk for leaf in leaves if leaf.shredded_at is None}
    else:
        opened = receipts.opened(actor, leaves)
    if published is None:
        published = log.published_size()
    seen = _seen(actor, [leaf for leaf in leaves if leaf.pk in opened])
    return [line(leaf, published, seen, opened=leaf.pk in opened) for leaf in leaves]


def alone(actor: Actor, leaf: Leaf, *, opened: bool) -> LeafLine:
    """Return one leaf as ``actor`` may have it."""
    seen = _seen(actor, [leaf] if opened else [])
    return line(leaf, log.published_size(), seen, opened=opened)


def _seen(actor: Actor, leaves: Iterable[Leaf]) -> dict[UUID, Entry]:
    """Return the entries that leaves are about, of which ``actor`` may know."""
    subjects = {leaf.subject_id for leaf in leaves}
    if not subjects:
        return {}
    entries = Entry.objects.filter(pk__in=subjects)
    return {entry.pk: entry for entry in composed.visible_to(actor, "entry.see", entries)}


def line(leaf: Leaf, published: int, seen: Mapping[UUID, Entry], *, opened: bool) -> LeafLine:
    """Return a leaf for a page; unopened, not even the moment is told."""
    digits = bytes(leaf.h).hex()
    url = reverse("portal:leaf", args=[digits])
    state = log.state_of(leaf, published).value
    bare = LeafLine(leaf.index, digits, state, url=url, shredded=leaf.shredded_at)
    if not opened:
        return bare
    return replace(
        bare,
        at=leaf.at,
        words=words(leaf),
        about=_about(seen.get(leaf.subject_id)),
        detail=_who(leaf),
        provision=packs.active().ordering(duties.by_name(leaf.duty), clock.day_of(leaf.at)),
        refused=leaf.refused,
    )


def _about(entry: Entry | None) -> Link | None:
    if entry is None:
        return None
    if entry.code:
        return Link(title_of(entry), reverse("portal:resource", args=[entry.slug]))
    return Link(entry.title, reverse("desk:entry", args=[entry.pk]))


def name_of(act: str) -> str:
    """Return what the act ``act`` is called."""
    return str(ACTS.get(act, _UNTOLD))


def words(leaf: Leaf) -> str:
    """Say what a leaf holds."""
    name = name_of(leaf.act)
    if leaf.refused:
        return _("Refused: {act}").format(act=name)
    if sentence := SENTENCES.get(leaf.act):
        facts: Mapping[str, Any] = leaf.payload["facts"]
        return str(sentence).format_map({key: _readable(value) for key, value in facts.items()})
    return name


def _readable(value: object) -> object:
    if isinstance(value, dict):
        return {key: _readable(inner) for key, inner in value.items()}
    if isinstance(value, str) and (read := _DAY_OR_MOMENT.fullmatch(value)):
        # Leaves hold UTC; pages tell everything in the time of Beijing.
        return (
            moment(datetime.fromisoformat(value))
            if read["time"]
            else day(date.fromisoformat(value))
        )
    return number(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _who(leaf: Leaf) -> str:
    if leaf.body is None:
        return _("The system itself") if leaf.payload["actor"]["kind"] == "system" else ""
    return body_name(leaf.body.called_on(leaf.at.astimezone(clock.SHANGHAI).date()))
