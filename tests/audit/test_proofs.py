"""What the log shows to anyone holds against the signed heads, by RFC 9162 and C2SP."""

import pytest

from hutong.audit import checkpoint, hashes, proofs
from hutong.core import merkle, tiles


@pytest.fixture
def grown(fill):
    """A log of 3, then 260, then 523 entries."""
    for count in (3, 257, 263):
        fill(count)


def test_every_leaf_is_proven_under_every_head_that_covers_it(db, grown):
    with db.transaction() as cur:
        hashes = [row[0] for row in cur.execute("select hash from audit.leaf order by seq")]
        for size in (3, 260, 523):
            head = checkpoint.of_size(cur, size=size)
            for index in {0, 2, size // 2, size - 1}:
                proof = proofs.inclusion(cur, leaf_hash=hashes[index], size=size)
                assert (proof.index, proof.size) == (index, size)
                merkle.verify_inclusion(
                    leaf=hashes[index], index=index, size=size, proof=proof.hashes, expected_root=head.root
                )


def test_refuses_a_leaf_that_is_not_there_yet_and_a_size_never_reached(db, grown):
    with db.transaction() as cur:
        ((last,),) = cur.execute("select hash from audit.leaf order by seq desc limit 1")
        with pytest.raises(proofs.LeafNotPlaced):
            proofs.inclusion(cur, leaf_hash=last, size=522)
        with pytest.raises(proofs.LeafNotPlaced):
            proofs.inclusion(cur, leaf_hash=b"\0" * 32, size=523)
        with pytest.raises(proofs.TreeNotReached):
            proofs.inclusion(cur, leaf_hash=last, size=524)
        with pytest.raises(checkpoint.NoSuchCheckpoint):
            checkpoint.of_size(cur, size=4)


def test_every_head_continues_those_before_it(db, grown):
    with db.transaction() as cur:
        for first, second in ((3, 260), (3, 523), (260, 523), (523, 523)):
            merkle.verify_consistency(
                first=first,
                second=second,
                first_root=checkpoint.of_size(cur, size=first).root,
                second_root=checkpoint.of_size(cur, size=second).root,
                proof=proofs.consistency(cur, first=first, second=second),
            )
        with pytest.raises(merkle.OutsideTree):
            proofs.consistency(cur, first=260, second=3)
        with pytest.raises(proofs.TreeNotReached):
            proofs.consistency(cur, first=3, second=524)


def test_serves_tiles_and_bundles_full_and_partial(db, grown):
    with db.transaction() as cur:
        rows = cur.execute("select data, hash from audit.leaf order by seq").fetchall()
        for index, width in ((0, 256), (1, 256), (1, 4), (2, 11), (2, 1)):
            part = rows[index * 256 : index * 256 + width]
            assert proofs.tile(cur, 0, index, width) == b"".join(hash_ for _, hash_ in part)
            bundle = proofs.bundle(cur, index, width)
            assert tiles.decode_bundle(bundle, width=width) == [data for data, _ in part]
        roots = b"".join(merkle.root([h for _, h in rows[i * 256 : i * 256 + 256]]) for i in (0, 1))
        assert proofs.tile(cur, 1, 0, 2) == roots


@pytest.mark.parametrize(("level", "index", "width"), [(0, 2, 12), (0, 2, 256), (0, 3, 1), (1, 0, 3), (2, 0, 1)])
def test_refuses_what_the_tree_does_not_have_yet(db, grown, level, index, width):
    with db.transaction() as cur:
        with pytest.raises(proofs.NoSuchTile):
            proofs.tile(cur, level, index, width)
        if level == 0:
            with pytest.raises(proofs.NoSuchTile):
                proofs.bundle(cur, index, width)


def test_an_empty_log_has_no_tile(db):
    with db.transaction() as cur:
        assert hashes.getter(cur)(0, 0, 1) == []
        with pytest.raises(proofs.NoSuchTile):
            proofs.tile(cur, 0, 0, 1)


@pytest.mark.parametrize("near", [2**15, 2**31, 2**40])
def test_positions_have_no_limit_of_their_own(cur, near):
    # Numbers travel in the smallest type that holds them, and their sum must not be held to it.
    for level in (0, 1):
        assert hashes.getter(cur)(level, near - 100, 256) == []
    assert cur.execute(proofs.statements.leaves, {"first": near - 100, "count": 256}).fetchall() == []
