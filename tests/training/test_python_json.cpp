// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "training/data/dataset.h"
#include "training/data/json_elements.h"
#include "training/data/python_json.h"

using namespace diagonal;

/// What Python's json.dumps writes by default and the standard does not know.
class TestPythonJson : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void valuesBeyondJsonBecomeNull_data() {
        QTest::addColumn<QByteArray>("python");
        QTest::addColumn<QByteArray>("standard");
        const auto row = [](const char* name, const QByteArray& python, const QByteArray& standard) {
            QTest::newRow(name) << python << standard;
        };
        row("NaN", "[NaN, 1]", "[null, 1]");
        row("infinity", "{\"a\": Infinity, \"b\":-Infinity}", "{\"a\": null, \"b\":null}");
        row("in texts", "[\"NaN -Infinity 1e999\"]", "[\"NaN -Infinity 1e999\"]");
        row("quotes", "[\"a\\\"NaN\", NaN]", "[\"a\\\"NaN\", null]");
        row("a backslash", "[\"a\\\\\", NaN, \"\\\\\\\"\", NaN]", "[\"a\\\\\", null, \"\\\\\\\"\", null]");
        row("a large number", "[1e400, -1e400, 1" + QByteArray(400, '0') + "]", "[null, null, null]");
        row("small numbers", "[1e-400, -0.0, 12345678901234567890123]", "[1e-400, -0.0, 12345678901234567890123]");
        row("a pair", "[\"\\ud83d\\ude00\"]", "[\"\\ud83d\\ude00\"]");
        row("half a pair", "[\"\\ud83d\"]", "[\"\\u0000\"]");
        row("the other half", "[\"\\udE00x\"]", "[\"\\u0000x\"]");
        row("two halves", "[\"\\ud83d\\ud83d\\ude00\"]", "[\"\\u0000\\ud83d\\ude00\"]");
        row("half and a text", "[\"\\ud83d\\n\\u0041\"]", "[\"\\u0000\\n\\u0041\"]");
        row("half and a quote", "[\"\\ud83d\\\"\", NaN]", "[\"\\u0000\\\"\", null]");
        row("half at the end", "[\"\\ud83d", "[\"\\u0000");
        row("digits missing", "[\"\\ud8\", \"\\uXYZW\"]", "[\"\\ud8\", \"\\uXYZW\"]");
        row("words of others", "[nan, None, Nan, NaNs]", "[nan, None, Nan, NaNs]");
        row("numbers as they are", "[1, -2.5e3, 0.1]", "[1, -2.5e3, 0.1]");
    }
    void valuesBeyondJsonBecomeNull() {
        QFETCH(QByteArray, python);
        QFETCH(QByteArray, standard);
        QCOMPARE(QByteArray::fromStdString(standardJson(python.toStdString())), standard);
    }

    void objectsAreRead() {
        const auto object = parseObject(
            "{\"a\": NaN, \"score\": -Infinity, \"id\": 123456789012345678901234567890, \"t\": \"x\", \"t\": "
            "\"last\"}");
        QVERIFY(object["a"].is_null() && object["score"].is_null() && object["id"].is_number());
        QCOMPARE(textOf(object, "t"), std::string("last"));
        QVERIFY(parseObject("{\"a\": nan}").is_null());
        QVERIFY(parseObject("{\"a\": NaN").is_null());
    }

    void linesOfPythonAreSamples() {
        const Folder folder;
        for (const char* name : {"sub/a.png", "sub/b.png", "sub/c.png", "sub/d.png", "sub/é.png"})
            folder.picture(name);
        const auto path =
            folder.write("sub/x.jsonl",
                         "\xEF\xBB\xBF{\"image\": \"a.png\", \"caption\": \"one\", \"score\": NaN}\r\n"
                         "\r\n"
                         "{\"image\": \"b.png\", \"caption\": NaN}\r"
                         "{\"image\": \".\\\\c.png\", \"caption\": \"half \\ud83d\"}\n"
                         "{\"image\": \"..\\\\sub\\\\d.png\", \"caption\": \"no\", \"caption\": \"\\ud83d\\ude00\"}\n"
                         "{\"image\": \"\\u00e9.png\", \"caption\": \"five\", \"id\": 1e999}\n");
        const auto data = openDataset(path.string());
        QCOMPARE(data->size(), size_t{3});
        QCOMPARE(data->captions(0), std::vector<std::string>{"one"});
        QCOMPARE(data->captions(1), std::vector<std::string>{"😀"});
        QCOMPARE(data->captions(2), std::vector<std::string>{"five"});
        const auto notes = data->warnings();
        QVERIFY2(notes.size() >= 2 && notes[0].starts_with("x.jsonl:3: "), notes[0].c_str());
        QVERIFY2(notes[1].starts_with("x.jsonl:4: ") && notes[1].find("surrogate") != std::string::npos,
                 notes[1].c_str());
    }

    void filesOfOneObjectAreRead() {
        const Folder folder;
        folder.picture("a.png");
        const auto path = folder.write(
            "captions_x.json",
            "{\"info\": {\"year\": NaN}, \"images\": [{\"id\": 1, \"file_name\": \"a.png\", \"w\": Infinity}],"
            " \"annotations\": [{\"image_id\": 1, \"id\": 7, \"caption\": \"a dog\", \"score\": -Infinity}]}");
        QCOMPARE(openDataset("coco:" + path.string())->captions(0), std::vector<std::string>{"a dog"});
        const auto twice =
            folder.write("twice.json", "{\"images\": [{\"id\": 1, \"file_name\": \"a.png\"}], \"images\": []}");
        QVERIFY_THROWS_EXCEPTION(Error, openDataset("coco:" + twice.string()));
    }
};

DIAGONAL_TEST(TestPythonJson);
#include "test_python_json.moc"
