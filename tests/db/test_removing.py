"""What of a server's clusters is removed: its own, whatever a file in its folder names."""

import os
from pathlib import Path

import pytest

from hutong.db import moving, postmaster, receiving, removing
from hutong.db.embedded import Server


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(postmaster, "SHARED", tmp_path / "shared")
    return tmp_path / "shared"


def precious(folder: Path) -> Path:
    """Return a cluster of somebody else's, with others beside it."""
    for name in ("data", "data.new", "data-18"):
        (folder / name).mkdir(parents=True)
        (folder / name / "PG_VERSION").write_text("18")
    return folder / "data"


def whole(cluster: Path) -> bool:
    return all((cluster.with_name(name) / "PG_VERSION").exists() for name in ("data", "data.new", "data-18"))


def test_a_server_has_what_lies_in_its_folder_and_where_a_place_was_made_for_it(tmp_path: Path, shared: Path) -> None:
    server, other = tmp_path / "own" / "postgres", tmp_path / "other" / "postgres"
    made, of_another = postmaster.shared_for(server), postmaster.shared_for(other)
    for cluster in (server / "data", server / "data-18", made / "data"):
        assert removing.is_own(server, cluster), cluster
    for cluster in (of_another / "data", shared, made, server, server / "..", server / ".", tmp_path / "x" / "data"):
        assert not removing.is_own(server, cluster), cluster
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / postmaster.WHOSE).write_text(str(server))
    assert not removing.is_own(server, tmp_path / "elsewhere" / "data")


@pytest.mark.parametrize("how", ["receive", "discard"])
def test_a_cluster_elsewhere_that_is_not_known_to_be_its_own_stays(tmp_path: Path, shared: Path, how: str) -> None:
    cluster, server = precious(tmp_path / "victim"), Server(tmp_path / "own" / "postgres")
    server.folder.mkdir(parents=True)
    (server.folder / "place").write_text(str(cluster))
    (server.folder / "moving").write_text(str(cluster.with_name("data-18")))
    if how == "receive":
        receiving.receive(server, lambda new: None)
    else:
        receiving.discard(server)
    assert whole(cluster)
    assert server.cluster != cluster
    receiving.discard(server)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's clusters lie elsewhere")
def test_a_cluster_in_the_place_that_was_made_for_it_goes_with_that(tmp_path: Path, shared: Path) -> None:
    server = Server(tmp_path / "own" / "postgres")
    server.folder.mkdir(parents=True)
    made = postmaster.shared_for(server.folder)
    (made / "data").mkdir()
    server.lie_in(made / "data")
    receiving.discard(server)
    assert not made.exists()


@pytest.mark.parametrize("file", ["moving", "former"])
def test_what_a_move_left_is_looked_for_beside_the_cluster_alone(tmp_path: Path, file: str) -> None:
    cluster, server = precious(tmp_path / "victim"), Server(tmp_path / "own" / "postgres")
    (server.folder / "data").mkdir(parents=True)
    (server.folder / file).write_text(str(cluster.with_name("data-18")))
    with server.unused():
        pass
    assert moving.former(server) is None
    assert moving.settle(server) is None
    assert whole(cluster)
