"""What other systems hear of imports."""

from tests.stories.told import assert_tells_no_more, listen, told


def test_a_file_brought_in_is_told_with_its_counts(loaded):
    listen()
    job = loaded("accounts", ["会社名,法人番号", "みどり,8700110005901", "あおば,"])
    (data,) = told("import.finished")
    assert (data["import"], data["kind"], data["source"]) == (str(job.public_id), "accounts", "sfa")
    assert [data[name] for name in ("read", "created", "updated", "unchanged", "refused")] == [2, 2, 0, 0, 0]
    assert_tells_no_more(data, "みどり", "given.csv")
