"""The tree: known vectors, every small size, and no proof survives a change."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.core import merkle
from hutong.core.merkle import Frontier, Getter, OutsideTree, ProofRejected

LEAVES = [merkle.leaf_hash(i.to_bytes(4)) for i in range(70)]
MANY = [merkle.leaf_hash(i.to_bytes(4)) for i in range(66_000)]

# The vectors of certificate-transparency (RFC 6962).
DATA = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
KNOWN = [merkle.leaf_hash(bytes.fromhex(data)) for data in DATA]


def root_by_definition(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else merkle.EMPTY_ROOT
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return merkle.inner_hash(root_by_definition(leaves[:k]), root_by_definition(leaves[k:]))


def stored(leaves: Sequence[bytes]) -> Getter:
    """What a log stores: the leaves and the tile roots that `extend` handed out, and nothing else."""
    rows = {(0, i): leaf for i, leaf in enumerate(leaves)}
    rows |= {(node.level, node.index): node.hash for node in Frontier().extend(leaves)}
    return lambda level, index, count: [rows[level, i] for i in range(index, index + count)]


def flipped(value: bytes) -> bytes:
    return bytes([value[0] ^ 1]) + value[1:]


def test_roots_are_those_of_the_known_vectors() -> None:
    assert [merkle.root(KNOWN[:n]).hex() for n in range(9)] == ROOTS


def test_inclusion_and_consistency_proofs_are_those_of_the_known_vectors() -> None:
    get = merkle.of_leaves(KNOWN)
    assert [h.hex() for h in merkle.inclusion_proof(0, 8, get)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [h.hex() for h in merkle.consistency_proof(6, 8, get)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", range(71))
def test_all_ways_to_the_root_agree(size: int) -> None:
    leaves, get = LEAVES[:size], stored(LEAVES[:size])
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    expected = root_by_definition(leaves)
    assert merkle.root(leaves) == merkle.root_at(size, get) == frontier.root() == expected
    assert Frontier.load(frontier.dump()).root() == Frontier.at(size, get).root() == expected
    assert frontier.size == size


@pytest.mark.parametrize("size", range(1, 71))
def test_every_leaf_is_proved_and_no_changed_proof_is_believed(size: int) -> None:
    get, root = merkle.of_leaves(LEAVES[:size]), merkle.root(LEAVES[:size])
    for index in range(size):
        leaf, proof = LEAVES[index], merkle.inclusion_proof(index, size, get)
        merkle.verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, expected_root=root)
        tampered = [[*proof[:i], flipped(step), *proof[i + 1 :]] for i, step in enumerate(proof)]
        wrong = [
            *((leaf, index, one, root) for one in [*tampered, [*proof, leaf], [*proof, b"short"]]),
            *((leaf, index, one, root) for one in ([proof[:-1], proof[1:]] if proof else [])),
            *((leaf, other, proof, root) for other in range(-1, size + 1) if other != index),
            (flipped(leaf), index, proof, root),
            (leaf, index, proof, flipped(root)),
        ]
        for a, b, c, d in wrong:
            with pytest.raises(ProofRejected):
                merkle.verify_inclusion(leaf=a, index=b, size=size, proof=c, expected_root=d)


@pytest.mark.parametrize("second", range(71))
def test_every_earlier_tree_is_continued_and_no_changed_proof_is_believed(second: int) -> None:
    get = merkle.of_leaves(LEAVES[:second])
    roots = [merkle.root(LEAVES[:n]) for n in range(second + 1)]
    for first in range(second + 1):
        proof = merkle.consistency_proof(first, second, get)
        old, new = roots[first], roots[second]
        merkle.verify_consistency(first=first, second=second, first_root=old, second_root=new, proof=proof)
        tampered = [[*proof[:i], flipped(step), *proof[i + 1 :]] for i, step in enumerate(proof)]
        wrong = [(one, old, new) for one in [*tampered, [*proof, old]]]
        wrong += [(one, old, new) for one in ([proof[:-1], proof[1:]] if proof else [])]
        wrong += [(proof, flipped(old), new)]
        wrong += [(proof, old, flipped(new))] if first else []  # every tree continues the empty one
        for a, b, c in wrong:
            with pytest.raises(ProofRejected):
                merkle.verify_consistency(first=first, second=second, first_root=b, second_root=c, proof=a)


@settings(max_examples=60)
@given(st.data())
def test_proofs_of_a_large_tree_come_from_what_is_stored(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(MANY)))
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    root = merkle.root_at(size, GET)
    proof = merkle.inclusion_proof(index, size, GET)
    merkle.verify_inclusion(leaf=MANY[index], index=index, size=size, proof=proof, expected_root=root)
    merkle.verify_consistency(
        first=first,
        second=size,
        first_root=merkle.root_at(first, GET),
        second_root=root,
        proof=merkle.consistency_proof(first, size, GET),
    )


@given(st.lists(st.integers(0, 700), max_size=6))
def test_a_frontier_extended_in_parts_and_saved_between_is_that_of_the_whole(parts: list[int]) -> None:
    frontier, nodes, at = Frontier(), [], 0
    for part in parts:
        frontier = Frontier.load(frontier.dump())
        nodes += frontier.extend(MANY[at : at + part])
        at += part
    whole = Frontier()
    assert nodes == whole.extend(MANY[:at])
    assert frontier.dump() == whole.dump()
    assert frontier.root() == merkle.root(MANY[:at])


def test_hands_out_a_node_for_every_full_tile() -> None:
    nodes = Frontier().extend(MANY)
    assert [(n.level, n.index) for n in nodes if n.level == 2] == [(2, 0)]
    assert [n.index for n in nodes if n.level == 1] == list(range(66_000 // 256))
    assert nodes[0].hash == merkle.root(MANY[:256])


def test_refuses_a_position_outside_the_tree() -> None:
    for index in (-1, 8):
        with pytest.raises(OutsideTree):
            merkle.inclusion_proof(index, 8, merkle.of_leaves(KNOWN))
    with pytest.raises(OutsideTree):
        merkle.consistency_proof(9, 8, merkle.of_leaves(KNOWN))


def test_a_damaged_frontier_is_not_loaded() -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[:7])
    for damaged in (frontier.dump()[:-1], frontier.dump() + b"\0" * 32, b"\0" * 7 + b"\1"):
        with pytest.raises(ValueError):
            Frontier.load(damaged)


GET = stored(MANY)
