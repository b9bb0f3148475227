"""Names in documents of the Dataspace Protocol 2025-1, its own and ours.

What the protocol has no word for stands under names of ours, whole URNs, so that no context
elsewhere is asked for them.
"""

CONTEXT = "https://w3id.org/dspace/2025/1/context.jsonld"
VERSION = "2025-1"
BASE = "/dsp"
# How an address and the key to it are told: by HTTP, with a bearer's token.
HTTP = "https://w3id.org/idsa/v4.1/HTTP"
TERMS = "urn:yelin:market:terms"
LACKS = "urn:yelin:market:lacks"
DIGEST = "urn:yelin:market:digest"
OFFER = "urn:yelin:market:offer"
CONTRACT = "urn:yelin:market:contract"
UNTIL = "urn:yelin:market:until"
CALLED = "urn:yelin:market:called"
BECAUSE = "urn:yelin:market:because"
AGREEMENT = "urn:yelin:contract:"
