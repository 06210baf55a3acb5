"""Three of a thousand payments come back, one of them late; mended, sent again, answered, closed, checked elsewhere."""

from contracts.months import parse_month
from month import closing, reconciling
from payments.answering import Asked
from tests import homes
from tests.effort import long_walk
from tests.ledger.laws import breaches

JULY = parse_month("2024-07")
BORN = [f"{1930 + n // 250}-{1 + n // 28 % 9:02d}-{1 + n % 28:02d}" for n in range(1000)]
PEOPLE = [homes.resident_id(born, 1 + n % 999) for n, born in enumerate(BORN)]
MAKER, CHECKER = homes.actor(homes.MAKER), homes.actor(homes.CHECKER)
SENT = "SELECT instruction_id, payee_id, amount_fen, attempt FROM instruction WHERE batch_id = ? ORDER BY line_no"


def lines(home, batch_id):
    with homes.opened(home.database_url) as book, book.reading() as conn:
        return conn.exec_driver_sql(SENT, (batch_id,)).fetchall()


def answered(home, name, rows, asked=None):
    path = home.path / name
    path.write_text("\n".join(["指令号,状态,原因", *map(",".join, rows), ""]), "gb18030")
    return closing.read_results(home, homes.COUNTY, path, MAKER, asked or Asked()).noted


def sums(home):
    """What the slip of July says in all; everything in it agrees, and so does the whole book, by every law."""
    slip = reconciling.reconcile_sent(home, homes.COUNTY, JULY, MAKER)
    assert slip.differences == reconciling.reconcile_book(home, homes.COUNTY, MAKER).differences == 0
    with homes.opened(home.database_url) as book:
        assert breaches(book) == []
    total = slip.text.partition("\n合计\n")[2]
    return [line.strip().rpartition(",校验和")[0] for line in total.splitlines() if line.startswith("  ")]


@long_walk
def test_three_of_a_thousand_return_are_mended_sent_again_and_closed(tmp_path):
    home = homes.make_home(tmp_path / "home")
    accounts = {one: homes.account(one) for one in PEOPLE}
    homes.hand_in(home, "2024-07", population=map(homes.person, PEOPLE), account=accounts.values())
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    sent = lines(home, "410721-2024-07-01-01")
    assert len(sent) == 1000
    back, late = {sent[16][0]: "账号不存在", sent[500][0]: "已销户"}, sent[999]

    told = [(one, "退票", back[one]) if one in back else (one, "成功", "") for one, *_ in sent]
    assert answered(home, "回盘.csv", told).noted == 1000
    assert answered(home, "退汇.csv", [(late[0], "退票", "户名不符")], Asked(is_late=True)).noted == 1
    total = sum(fen for _, _, fen, _ in sent)
    came_back = [row for row in sent if row[0] in back or row == late]
    fen_back = sum(fen for _, _, fen, _ in came_back)
    assert sums(home) == [
        f"送出:1000 笔,{total / 100:,.2f} 元",
        f"到账:997 笔,{(total - fen_back) / 100:,.2f} 元",
        f"退回:3 笔,{fen_back / 100:,.2f} 元",
    ]

    for n, (_, person_id, _, _) in enumerate(came_back):
        accounts[person_id] = homes.account(person_id, account_no=f"990007210009{n:05d}")
    homes.hand_in(home, "2024-07", account=accounts.values())
    homes.run(home, "2024-07", known_on="2024-07-25")
    again = lines(home, "410721-2024-07-02-01")
    assert sorted(row[1:] for row in again) == sorted((who, fen, 2) for _, who, fen, _ in came_back)
    homes.sign(home, "2024-07")
    assert answered(home, "更正.csv", [(one, "成功", "") for one, *_ in again]).noted == 3
    assert sums(home) == [
        f"送出:1003 笔,{(total + fen_back) / 100:,.2f} 元",
        f"到账:1000 笔,{total / 100:,.2f} 元",
        f"退回:3 笔,{fen_back / 100:,.2f} 元",
    ]

    packages = closing.close_month(home, homes.COUNTY, JULY, CHECKER).packages
    assert len(packages) == 2
    for sealed in packages:
        code, said = homes.check_package(sealed.package, "--head", sealed.head, "--seal", sealed.seal.digest[:16])
        assert code == 0, said
