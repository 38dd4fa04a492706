"""What a pasted line says: a company, or a company with a department behind it."""

import pytest

from targets.pasted_lines import Spear, path_of, read


@pytest.mark.parametrize("between", ["\t", " ▸ ", ">", " ＞ ", "\t\t", " → "])
def test_a_department_stands_behind_a_sure_sign(between):
    (line,) = read(f"みどり商事{between}設計部")
    assert (line.said, line.perhaps) == (Spear("みどり商事", ("設計部",)), ())


def test_departments_stand_one_below_the_other():
    (line,) = read("みどり商事▸技術本部▸設計部\t")
    assert line.said == Spear("みどり商事", ("技術本部", "設計部"))
    assert line.said.department == "技術本部 ▸ 設計部"
    assert path_of(line.said.department) == line.said.path


@pytest.mark.parametrize(("typed", "perhaps"), [
    ("みどり商事/設計部", [Spear("みどり商事", ("設計部",))]),
    ("株式会社　みどり　設計部", [Spear("株式会社　みどり", ("設計部",)), Spear("株式会社", ("みどり　設計部",)),
                          Spear("株式会社", ("みどり", "設計部"))]),
    ("A社の技術本部の設計部", [Spear("A社の技術本部", ("設計部",)), Spear("A社", ("技術本部の設計部",)),
                       Spear("A社", ("技術本部", "設計部"))]),
    ("みどり商事", []), ("の", []), ("/", []),
])  # fmt: skip
def test_a_slash_a_full_width_space_or_no_may_part_them(typed, perhaps):
    (line,) = read(typed)
    assert (line.said, list(line.perhaps)) == (Spear(typed), perhaps)


def test_each_line_counts_once_and_empty_ones_do_not():
    assert [line.text for line in read("A\n\n \x00\nB\r\nA\n")] == ["A", "B"]


def test_nothing_but_a_sign_names_nobody():
    assert [line.said for line in read("▸")] == [Spear("▸")]


def test_so_many_splits_are_tried_and_no_more():
    (line,) = read("/".join("あいうえおかきく"))
    assert len({spear.company for spear in line.perhaps}) == 3
