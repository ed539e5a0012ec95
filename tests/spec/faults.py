"""The faults `make clauses` plants: for each clause that is kept, the smallest changes that break it.

They stand by subject in the files below; `tools/plant.py --list --only CLAUSE` says in which of them those of a
clause are.
"""

import backup_faults
import control_faults
import due_faults
import file_faults
import given_faults
import handover_faults
import limit_faults
import nodes_faults
import normal_faults
import notices_faults
import people_faults
import providing_faults
import release_faults
import removing_faults
import renewal_faults
import reviewed_faults
import running_faults
import signing_faults
import signon_faults
import standing_faults
import term_faults
import token_faults
import using_faults
import verifying_faults

STILL = {
    "audit/": "tests/audit/test_log.py::test_goes_with_its_transaction",
    "backup/": "tests/backup/test_taking.py::test_two_platforms_at_one_place_have_a_folder_each",
    "console/":
        "tests/console/test_change_password.py::test_any_officer_changes_the_own_password_and_no_other",
    "control/catalog/": "tests/control/catalog/test_catalog_search.py::test_going_back_shows_the_same_pages",
    "control/catalog/lifecycle.py":
        "tests/control/procedures/test_every_lifecycle.py::test_its_table_has_no_faults",
    "control/enrolment/":
        "tests/control/enrolment/test_enrolling.py::test_a_rehearsal_says_the_same_and_leaves_nothing",
    "control/handovers/":
        "tests/control/handovers/test_handovers.py::test_a_role_that_a_colleague_has_too_is_not_open",
    "control/handovers/lifecycle.py":
        "tests/control/procedures/test_every_lifecycle.py::test_its_table_has_no_faults",
    "control/nodes/": "tests/control/nodes/test_servers.py::test_pages_of_servers_and_of_changes_are_short_of_none",
    "control/nodes/lifecycle.py":
        "tests/control/procedures/test_every_lifecycle.py::test_its_table_has_no_faults",
    "control/notices/": "tests/control/notices/test_contacts.py::test_a_units_page_of_contacts_is_short_of_nobody",
    "control/notices/lifecycle.py":
        "tests/control/procedures/test_every_lifecycle.py::test_its_table_has_no_faults",
    "control/units/": "tests/control/units/test_units.py::test_a_role_is_given_once",
    "control/procedures/":
        "tests/control/procedures/test_kinds.py::test_refuses_a_program_under_a_documents_name_and_says_what_it_is",
    "control/retention/":
        "tests/control/retention/test_retention.py::test_a_hold_ends_after_today_and_is_listed_while_it_stands",
    "control/registration/":
        "tests/control/registration/test_rules_of_use.py::test_a_version_of_the_rules_of_use_keeps_its_words",
    "control/releases/":
        "tests/control/releases/test_releases.py::test_sentences_are_written_as_lines_and_read_from_them",
    "control/registration/lifecycle.py":
        "tests/control/procedures/test_every_lifecycle.py::test_its_table_has_no_faults",
    "control/rulebook/": "tests/control/rulebook/test_rulebook.py::test_a_name_it_does_not_have_is_refused",
    "control/security/": "tests/control/security/test_drills.py::test_what_was_measured_reads_the_same_again",
    "control/sharing/": "tests/control/sharing/test_sharing.py::test_strangers_do_not_see_an_application",
    "control/sharing/lifecycle.py":
        "tests/control/procedures/test_every_lifecycle.py::test_its_table_has_no_faults",
    "control/signon/": "tests/control/signon/test_bindings.py::test_a_code_binds_once_and_for_three_days",
    "core/": "tests/core/test_canonical.py::test_orders_keys_by_utf_16_and_not_by_code_point",
    "db/": "tests/db/test_sql.py::test_reads_names_descriptions_and_statements",
    "gateway/": "tests/gateway/test_walk.py::test_answers_a_signed_comparison_with_a_signed_receipt",
    "host/": "tests/host/test_doors.py::test_a_door_that_starts_removes_what_a_killed_one_left_of_peoples_rows",
    "installation/":
        "tests/installation/test_watching.py::test_a_door_watches_data_spool_and_the_databases_folder",
    "plane/": "tests/plane/test_grants.py::test_a_number_is_given_once",
    "plane/answer/":
        "tests/plane/answer/test_compare.py::test_an_item_withdrawn_by_a_new_version_is_answered_from_the_former_and_refused_at_a_call_of_the_newer",
    "plane/delivery/": "tests/plane/delivery/test_loading.py::test_the_same_key_and_bytes_return_the_same_receipt",
    "worker/": "tests/worker/test_integrator.py::test_what_is_rolled_back_is_never_placed",
    "web/": "tests/web/test_pages.py::test_the_desk_needs_a_login_and_leads_back",
}
"""Room → a test without a clause that passes all the same."""

UNPLANTED: frozenset[str] = frozenset()
"""Clauses that are kept and whose faults are still to be written."""

FILES = (
    providing_faults,
    using_faults,
    running_faults,
    control_faults,
    due_faults,
    limit_faults,
    reviewed_faults,
    signon_faults,
    removing_faults,
    standing_faults,
    verifying_faults,
    signing_faults,
    backup_faults,
    file_faults,
    given_faults,
    handover_faults,
    normal_faults,
    term_faults,
    notices_faults,
    nodes_faults,
    token_faults,
    people_faults,
    renewal_faults,
    release_faults,
)
"""What providing, using and running the platform asks first; then what one room, one review or one mechanism does."""

FAULTS = tuple(fault for each in FILES for fault in each.FAULTS)
