from yelin.web.desk import pasting


def test_rows_are_read_under_whatever_heading_the_spreadsheet_has():
    text = (
        "序号\t信息项名称\t数据类型\t数据长度\t是否可空\t共享类型\t开放属性\t数据分级\t说明\r\n"
        '1\t 姓名 \t字符型\t２０\t否\t不予共享\t3\t二级\t"两行\n说明"\r\n'
        "2\t金额\tＹ\t12,2\t是\t\t\t\t\r\n\r\n"
    )
    first, second = pasting.rows(text)
    assert first == {
        "name": "姓名",
        "type": "C",
        "length": "20",
        "nullable": False,
        "grade": "二",
        "sharing_type": "none",
        "opening_type": "none",
        "note": "两行\n说明",
    }
    assert (second["type"], second["length"], second["nullable"]) == ("Y", "12,2", True)


def test_without_a_heading_the_order_is_the_guides():
    (row,) = pasting.rows("年份\tI\t4\t公历\n")
    assert (row["name"], row["type"], row["length"], row["note"]) == ("年份", "I", "4", "公历")
    assert pasting.rows("\n \n") == []
