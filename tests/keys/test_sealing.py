"""Sealed bytes: what opens, what does not, and that another maker's library reads them."""

import io
import json
import pickle
import uuid

import pytest
import tink
from hypothesis import given
from hypothesis import strategies as st
from tink import secret_key_access, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2

from yelin.keys.sealing import (
    HEADER,
    KEY_BYTES,
    MARK,
    SEGMENT,
    FileKey,
    Growing,
    SealBroken,
    Sealer,
    Secret,
    associated,
    seal,
    unseal,
)

ID = uuid.UUID(int=7)
KEY = Secret(bytes(range(KEY_BYTES)))
FIRST = SEGMENT - (HEADER - len(MARK) - 16) - 16
SIZES = [0, 1, FIRST - 1, FIRST, FIRST + 1, FIRST + SEGMENT - 16, FIRST + SEGMENT, 3 * SEGMENT]


def sealed(plain: bytes, name: str = "a") -> bytes:
    return seal(plain, FileKey.fresh(ID, KEY, name))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_opens_to_the_same_bytes_at_every_boundary(size):
    plain = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    assert unseal(sealed(plain), ID, KEY, "a") == plain


@given(st.binary(min_size=1, max_size=400), st.data())
def test_no_byte_can_be_changed_unseen(plain, data):
    whole = bytearray(sealed(plain))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        unseal(bytes(whole), ID, KEY, "a")


@pytest.mark.parametrize("cut", [1, 16, SEGMENT, SEGMENT + 1])
def test_nothing_can_be_cut_off_unseen(cut):
    with pytest.raises(SealBroken):
        unseal(sealed(b"x" * 3 * SEGMENT)[:-cut], ID, KEY, "a")


def test_segments_cannot_change_places():
    whole = sealed(b"x" * 4 * SEGMENT)
    at = HEADER + FIRST + 16
    swapped = whole[:at] + whole[at + SEGMENT : at + 2 * SEGMENT] + whole[at : at + SEGMENT]
    with pytest.raises(SealBroken):
        unseal(swapped + whole[at + 2 * SEGMENT :], ID, KEY, "a")


@pytest.mark.parametrize(
    ("key_id", "key", "name"),
    [(ID, KEY, "b"), (uuid.UUID(int=8), KEY, "a"), (ID, Secret(bytes(KEY_BYTES)), "a")],
    ids=["name", "id", "key"],
)
def test_it_opens_by_its_own_key_and_under_its_own_name_only(key_id, key, name):
    with pytest.raises(SealBroken):
        unseal(sealed(b"x"), key_id, key, name)


def test_plain_bytes_are_never_taken_for_sealed_ones():
    for plain in (b"", b"a,b\n1,2\n", MARK, MARK + bytes(HEADER)):
        with pytest.raises(SealBroken):
            unseal(plain, ID, KEY, "a")


def test_a_key_in_the_clear_is_neither_shown_nor_written():
    assert KEY.reveal().hex() not in repr(KEY) + repr(FileKey.fresh(ID, KEY, "a"))
    for write in (pickle.dumps, json.dumps):
        with pytest.raises(TypeError):
            write(KEY)


class Kept(io.BytesIO):
    """Tink closes what it wrote to; the bytes are wanted afterwards."""

    def close(self):
        pass


def tinks():
    """Return Tink's own reader and writer of the same key."""
    streaming_aead.register()
    key = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(
        key_value=KEY.reveal(),
        params=aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingParams(
            ciphertext_segment_size=SEGMENT,
            derived_key_size=KEY_BYTES,
            hkdf_hash_type=common_pb2.SHA256,
        ),
    )
    keyset = tink_pb2.Keyset(
        primary_key_id=1,
        key=[
            tink_pb2.Keyset.Key(
                key_data=tink_pb2.KeyData(
                    type_url="type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey",
                    value=key.SerializeToString(),
                    key_material_type=tink_pb2.KeyData.SYMMETRIC,
                ),
                status=tink_pb2.ENABLED,
                key_id=1,
                output_prefix_type=tink_pb2.RAW,
            )
        ],
    )
    handle = tink.proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    return handle.primitive(streaming_aead.StreamingAead)


@pytest.mark.parametrize("size", SIZES)
def test_tinks_own_library_reads_what_we_seal_and_we_read_what_it_seals(size):
    plain = (b"fedcba9876543210" * (size // 16 + 1))[:size]
    bound = associated(ID, "a")
    ours = io.BytesIO(sealed(plain)[len(MARK) + 16 :])
    with tinks().new_decrypting_stream(ours, bound) as stream:
        assert stream.read() == plain
    theirs = Kept()
    with tinks().new_encrypting_stream(theirs, bound) as stream:
        stream.write(plain)
    assert unseal(MARK + ID.bytes + theirs.getvalue(), ID, KEY, "a") == plain


@given(st.lists(st.integers(1, 90_000), max_size=12))
def test_a_file_that_is_sealed_still_is_read_as_far_as_it_is_certain(sizes):
    key = FileKey.fresh(ID, KEY, "a")
    target = io.BytesIO()
    sealer = Sealer(target, key)

    def read(length, at):
        return target.getvalue()[at : at + length]

    growing = Growing(key, read, lambda: len(target.getvalue()), lambda: None)
    whole = b""
    for number, size in enumerate(sizes):
        piece = bytes([number]) * size
        whole += piece
        sealer.write(piece)
        so_far = growing.read_at(0, len(whole))
        assert whole.startswith(so_far)
        # No more than the segment that is being filled, and the one before it, is held back.
        assert len(whole) - len(so_far) <= 2 * SEGMENT
        assert growing.read_at(len(so_far), 10) == b""
