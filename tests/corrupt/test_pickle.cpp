// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/pickle.h"

#include <QtTest>

#include "engine/base/error.h"
#include "engine/formats/checkpoint_index.h"
#include "tests/corrupt/archive_bytes.h"
#include "tests/registry.h"

using namespace diagonal;
using namespace std::string_literals;
using bytes::dictOf;
using bytes::global;
using bytes::integer;
using bytes::number;
using bytes::spanOf;
using bytes::storage;
using bytes::tensor;
using bytes::text;

namespace {

const std::string kProtocol = "\x80\x02";
const std::string kStorage24(24, '\0');

CheckpointIndex indexOf(const std::string& pickle, const std::vector<std::string>& storages = {kStorage24}) {
    const std::string file = bytes::torchFileOf(pickle, storages);
    return indexCheckpoint(spanOf(file), "broken.pt");
}

/// What the error says; empty if there was none.
template <typename Function>
QString errorOf(const Function& function) {
    try {
        function();
    } catch (const Error& error) {
        return QString::fromStdString(error.what());
    }
    return {};
}

void row(const char* name, const std::string& pickle, const char* reason) {
    QTest::newRow(name) << QByteArray::fromStdString(pickle) << reason;
}

}  // namespace

class TestPickle : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void codeIsRefusedByName_data() {
        QTest::addColumn<QString>("module");
        QTest::addColumn<QString>("name");
        for (const auto& [module, name] :
             std::initializer_list<std::pair<const char*, const char*>>{{"os", "system"},
                                                                        {"posix", "system"},
                                                                        {"nt", "system"},
                                                                        {"subprocess", "Popen"},
                                                                        {"builtins", "eval"},
                                                                        {"builtins", "exec"},
                                                                        {"builtins", "getattr"},
                                                                        {"builtins", "__import__"},
                                                                        {"__builtin__", "eval"},
                                                                        {"__builtin__", "apply"},
                                                                        {"sys", "modules"},
                                                                        {"operator", "attrgetter"},
                                                                        {"functools", "partial"},
                                                                        {"runpy", "run_path"},
                                                                        {"pickle", "loads"},
                                                                        {"_pickle", "Unpickler"},
                                                                        {"importlib", "import_module"},
                                                                        {"torch", "load"},
                                                                        {"torch.storage", "_load_from_bytes"},
                                                                        {"builtins.eval", "__call__"},
                                                                        {"types", "FunctionType"}})
            QTest::addRow("%s.%s", module, name) << module << name;
    }
    void codeIsRefusedByName() {
        QFETCH(QString, module);
        QFETCH(QString, name);
        const std::string from = module.toStdString(), what = name.toStdString();
        const std::string arguments = "(" + text("touch /tmp/owned") + "tR.";
        const std::string byLine = kProtocol + global(from, what) + arguments;
        const std::string byStack = "\x80\x04"s + text(from) + text(what) + "\x93" + arguments;
        const std::string hidden = dictOf(
            {{"weight", tensor(storage("0", 6), 0, {6}, {1})}, {"x", global(from, what) + "(" + text("id") + "tR"}});
        for (const std::string& pickle : {byLine, byStack, hidden}) {
            const QString error = errorOf([&] { indexOf(pickle); });
            QVERIFY2(error.contains("wants to run the code \"" + module + "." + name + "\""), qPrintable(error));
            QVERIFY2(error.contains("never runs"), qPrintable(error));
        }
    }

    void classesAreRefusedWithTheWayOut() {
        for (const auto& [module, name] :
             std::initializer_list<std::pair<const char*, const char*>>{{"torch.nn.modules.container", "Sequential"},
                                                                        {"open_clip.model", "CLIP"},
                                                                        {"__main__", "Model"},
                                                                        {"__torch__", ""},
                                                                        {"__torch_", "_.x"},
                                                                        {"torch.nn.parameter", "Parameter.__reduce__"},
                                                                        {"collections", "OrderedDict.fromkeys"},
                                                                        {"numpy", "load"}}) {
            const QString error = errorOf([&] { indexOf(kProtocol + global(module, name) + ")\x81}b."); });
            const bool isPlain = QString(name).isEmpty();
            QVERIFY2(isPlain || error.contains(QString("\"%1.%2\"").arg(module, name)), qPrintable(error));
            QVERIFY2(isPlain || error.contains("torch.save(model.state_dict()"), qPrintable(error));
            QVERIFY(!error.isEmpty());
        }
    }

    void namesOfTheAllowListDoNotCallEachOther_data() {
        QTest::addColumn<QByteArray>("pickle");
        QTest::addColumn<QString>("reason");
        const std::string size = global("torch", "Size"), dict = global("collections", "OrderedDict"),
                          rebuild = global("torch._utils", "_rebuild_tensor_v2");
        row("call of a text", kProtocol + text("os.system") + "(" + text("id") + "tR.", "no known function");
        row("call of a dict", kProtocol + "})R.", "no known function");
        row("call of a result", kProtocol + dict + ")R" + "(" + text("id") + "tR.", "no known function");
        row("call of a storage type", kProtocol + global("torch", "FloatStorage") + "(" + integer(1) + "tR.",
            "no function");
        row("call of a dtype", kProtocol + global("torch", "float16") + ")R.", "no function");
        row("arguments no tuple", kProtocol + size + "]R.", "no known function");
        row("arguments a global", kProtocol + size + size + "R.", "no known function");
        row("class of TorchScript called", kProtocol + global("__torch__.x", "Y") + ")R.", "no function");
        row("new object of a dict", kProtocol + "})\x81.", "no known function");
        row("tensor of nothing", kProtocol + rebuild + ")R.", "is missing");
        row("tensor of texts", kProtocol + rebuild + "(" + text("a") + text("b") + ")" + ")" + "tR.", "wrong things");
        row("tensor of a tensor",
            kProtocol + rebuild + "(" + tensor(storage("0", 6), 0, {6}, {1}) + integer(0) + "))tR.", "wrong things");
        row("parameter of a dict", kProtocol + global("torch._utils", "_rebuild_parameter") + "(}\x89}tR.",
            "no tensor");
        row("type function that is no rebuild",
            kProtocol + global("torch._tensor", "_rebuild_from_type_v2") + "(" + size + size + ")NtR.", "makes none");
        row("ordered dict of numbers", kProtocol + dict + "(]" + integer(1) + "atR.", "no pairs");
        row("ordered dict of a number", kProtocol + dict + "(" + integer(1) + "tR.", "no list");
        row("quantised tensor", kProtocol + global("torch._utils", "_rebuild_qtensor") + ")R.", "kind that Diagonal");
        row("sparse tensor", kProtocol + global("torch._utils", "_rebuild_sparse_tensor") + ")R.",
            "kind that Diagonal");
        row("encode of a list", kProtocol + global("_codecs", "encode") + "(]" + text("rot13") + "tR.", "no text");
        row("state of a text", kProtocol + text("x") + "}b.", "a state");
        row("state of a tensor", kProtocol + tensor(storage("0", 6), 0, {6}, {1}) + "}b.", "a state");
    }
    void namesOfTheAllowListDoNotCallEachOther() { refused(); }

    void opcodesThatMakeObjectsAreRefused_data() {
        QTest::addColumn<QByteArray>("pickle");
        QTest::addColumn<QString>("reason");
        row("INST", kProtocol + "(" + text("id") + "ios\nsystem\n.", "make a Python object");
        row("OBJ", kProtocol + "(" + global("torch", "Size") + "o.", "make a Python object");
        row("NEWOBJ_EX", kProtocol + global("torch", "Size") + ")}\x92.", "make a Python object");
        row("EXT1", kProtocol + "\x82\x01.", "make a Python object");
        row("EXT2", kProtocol + "\x83\x01\x01.", "make a Python object");
        row("EXT4", kProtocol + "\x84\x01\x01\x01\x01.", "make a Python object");
        row("PERSID", kProtocol + "P('storage', 0)\n.", "make a Python object");
        row("NEXT_BUFFER", "\x80\x05\x97.", "opcode 151");
        row("READONLY_BUFFER", "\x80\x05N\x98.", "opcode 152");
        row("DUP", kProtocol + "N2.", "opcode 50");
        row("zero", kProtocol + "\0."s, "opcode 0");
        row("protocol 6", "\x80\x06N.", "protocol 6");
        row("persistent id a text", kProtocol + text("0") + "Q.", "no storage");
        row("persistent id a module",
            kProtocol + "(" + text("module") + global("torch", "Size") + text("x.py") + text("code") + text("") + "tQ.",
            "no storage");
        row("persistent id short", kProtocol + "(" + text("storage") + "tQ.", "no storage");
        row("persistent id of no type",
            kProtocol + "(" + text("storage") + text("torch") + text("0") + text("cpu") + integer(6) + "tQ.",
            "no storage");
        row("persistent id with another name",
            kProtocol + "(" + text("storag") + global("torch", "FloatStorage") + text("0") + text("cpu") + integer(6) +
                "tQ.",
            "no storage");
        row("storage with a negative size", kProtocol + storage("0", -6) + ".", "no storage");
        row("storage that is a view",
            kProtocol + "(" + text("storage") + global("torch", "FloatStorage") + text("0") + text("cpu") + integer(6) +
                "(" + text("1") + integer(0) + integer(2) + "ttQ.",
            "first versions");
    }
    void opcodesThatMakeObjectsAreRefused() { refused(); }

    void brokenPicklesAreRefused_data() {
        QTest::addColumn<QByteArray>("pickle");
        QTest::addColumn<QString>("reason");
        row("empty", "", "ends too early");
        row("no end", kProtocol + "N", "ends too early");
        row("nothing on the stack", kProtocol + ".", "untidy stack");
        row("two on the stack", kProtocol + "NN.", "untidy stack");
        row("open mark", kProtocol + "N(.", "untidy stack");
        row("mark missing", kProtocol + "t.", "a mark is missing");
        row("pop of nothing", kProtocol + "0.", "stack is empty");
        row("pop below the mark", kProtocol + "N(\x85.", "stack is empty");
        row("append to a dict", kProtocol + "}Na.", "no list");
        row("append to a tuple", kProtocol + ")Na.", "no list");
        row("item of a list", kProtocol + "]NNs.", "no list");
        row("key without value", kProtocol + "}(Nu.", "no value");
        row("memo never stored", kProtocol + "h\x01.", "never stored");
        row("memo at 2^32 - 1", kProtocol + "Nr\xFF\xFF\xFF\xFF.", "memo is too large");
        row("memo at 1000", kProtocol + "Nr\xE8\x03\x00\x00."s, "memo is too large");
        row("text of 4 GB", kProtocol + "X\xFF\xFF\xFF\xFF.", "ends too early");
        row("text of 2^64 - 1", "\x80\x04\x8D" + std::string(8, '\xFF') + ".", "ends too early");
        row("bytes of 2^63", "\x80\x04\x8E" + number<uint64_t>(uint64_t{1} << 63) + ".", "ends too early");
        row("number of 2 GB", kProtocol + "\x8B\xFF\xFF\xFF\x7F.", "ends too early");
        row("number of negative length", kProtocol + "\x8B\xFF\xFF\xFF\xFF.", "negative length");
        row("text of negative length", kProtocol + "T\xFF\xFF\xFF\xFF.", "negative length");
        row("frame of 2^63", "\x80\x04\x95" + number<uint64_t>(uint64_t{1} << 63) + "N.", "frame is longer");
        row("number that is text", kProtocol + "Iten\n.", "a number is not one");
        row("number beyond 64 bits", kProtocol + "L99999999999999999999L\n.", "a number is not one");
        row("line without end", kProtocol + "c" + std::string(10'000, 'a'), "a line does not end");
        row("name that is a number", "\x80\x04K\x01K\x02\x93.", "no text");
        row("a million marks", kProtocol + std::string(1'000'001, '('), "nested too deeply");
        row("a million values", kProtocol + std::string(1'000'001, 'N'), "stack grows too high");
        row("millions of values", kProtocol + bytesRepeated("N0", 4'000'001), "too many values");
        // A list of a thousand is copied into dicts again and again.
        row("lists that multiply",
            kProtocol + "](" + bytesRepeated("N", 900'000) + "eq\x01" + "0" + global("collections", "OrderedDict") +
                "q\x02" + "0" + bytesRepeated("h\x02h\x01\x85R0", 10) + "N.",
            "no pairs");
        row("dicts that multiply",
            kProtocol + "}(" + bytesRepeated("NN", 450'000) + "uq\x01" + "0" + global("collections", "OrderedDict") +
                "q\x02" + "0" + bytesRepeated("h\x02h\x01\x85R0", 10) + "N.",
            "too long");
    }
    void brokenPicklesAreRefused() { refused(); }

    void whatHoldsItselfIsNoStateDict_data() {
        QTest::addColumn<QByteArray>("pickle");
        QTest::addColumn<QString>("reason");
        const std::string object = global("__torch__", "M") + ")\x81";
        row("list in itself", kProtocol + "]q\x01h\x01" + "a.", "holds a list");
        row("dict in itself", kProtocol + "}q\x01" + text("state_dict") + "h\x01s.", "its entries are \"state_dict\"");
        row("object in itself", kProtocol + object + "q\x01}" + text("self") + "h\x01sb.", "nested too deeply");
        // Each of 60 objects holds the next one twice: 2^60 ways to a tensor.
        std::string doubled = tensor(storage("0", 6), 0, {6}, {1}) + "q\x01" + "0";
        for (int i = 0; i < 60; ++i)
            doubled += object + "}" + text("a") + "h\x01s" + text("b") + "h\x01sbq\x01" + "0";
        row("objects that multiply", kProtocol + doubled + "h\x01.", "too many");
        std::string deep;
        for (int i = 0; i < 1000; ++i)
            deep += object + "}" + text("a");
        for (int i = 0; i < 1000; ++i)
            deep += (i == 0 ? "N" : "") + "sb"s;
        row("a thousand objects deep", kProtocol + deep + ".", "nested too deeply");
        row("a hundred thousand tuples deep", kProtocol + "N" + bytesRepeated("\x85", 100'000) + ".", "holds a tuple");
        row("name of 2000",
            kProtocol + object + "}" + text(std::string(2000, 'n')) + tensor(storage("0", 6), 0, {6}, {1}) + "sb.",
            "too long a name");
    }
    void whatHoldsItselfIsNoStateDict() { refused(); }

    void viewsStayInTheirStorage_data() {
        QTest::addColumn<QByteArray>("pickle");
        QTest::addColumn<QString>("reason");
        const int64_t most = std::numeric_limits<int64_t>::max();
        const auto view = [](int64_t offset, const std::vector<int64_t>& shape, const std::vector<int64_t>& strides) {
            return dictOf({{"w", tensor(storage("0", 6), offset, shape, strides)}});
        };
        row("one too many", view(0, {7}, {1}), "beyond its bytes");
        row("offset one too far", view(1, {6}, {1}), "beyond its bytes");
        row("offset at the end", view(6, {}, {}), "beyond its bytes");
        row("stride too wide", view(0, {2, 3}, {4, 1}), "beyond its bytes");
        row("offset negative", view(-1, {2}, {1}), "impossible shape");
        row("offset of an empty tensor negative", view(-1, {0}, {1}), "impossible shape");
        row("length negative", view(0, {-1}, {1}), "impossible shape");
        row("stride negative", view(5, {6}, {-1}), "impossible shape");
        row("offset overflows", view(most, {2}, {1}), "impossible shape");
        row("offset overflows in bytes", view(most / 2, {1}, {1}), "impossible shape");
        row("stride overflows", view(0, {3}, {most}), "impossible shape");
        row("length overflows", view(0, {most}, {1}), "impossible shape");
        row("product overflows", view(0, {int64_t{1} << 32, int64_t{1} << 32}, {0, 0}), "impossible shape");
        row("product of an empty one overflows", view(0, {0, most, most}, {0, 0, 0}), "impossible shape");
        row("one element repeated to a terabyte", view(0, {int64_t{1} << 40}, {0}), "repeats its elements");
        row("one stride missing", view(0, {2, 3}, {1}), "one stride a dimension");
        row("a hundred dimensions", view(0, std::vector<int64_t>(100, 1), std::vector<int64_t>(100, 1)),
            "too many dimensions");
        row("length a text",
            dictOf({{"w", global("torch._utils", "_rebuild_tensor_v2") + "(" + storage("0", 6) + integer(0) +
                              text("6") + "\x85" + integer(1) + "\x85" + "\x89}tR"}}),
            "impossible shape");
        row("storage smaller than its member", dictOf({{"w", tensor(storage("0", 5), 0, {5}, {1})}}), "another size");
        row("storage larger than its member", dictOf({{"w", tensor(storage("0", 7), 0, {6}, {1})}}), "another size");
        row("storage of another type", dictOf({{"w", tensor(storage("0", 6, "DoubleStorage"), 0, {6}, {1})}}),
            "another size");
        row("storage with an overflowing size",
            dictOf({{"w", tensor(storage("0", (int64_t{1} << 62) + 6), 0, {6}, {1})}}), "another size");
        row("storage that is missing", dictOf({{"w", tensor(storage("9", 6), 0, {6}, {1})}}), "is missing");
        row("storage outside the folder", dictOf({{"w", tensor(storage("../data.pkl", 6), 0, {6}, {1})}}),
            "is missing");
        row("complex numbers", dictOf({{"w", tensor(storage("0", 3, "ComplexFloatStorage"), 0, {3}, {1})}}),
            "numbers of a kind");
        row("name twice",
            dictOf({{"w", tensor(storage("0", 6), 0, {6}, {1})}, {"w", tensor(storage("0", 6), 0, {6}, {1})}}),
            "twice");
        row("name empty", dictOf({{"", tensor(storage("0", 6), 0, {6}, {1})}}), "impossible name");
        row("name with a newline", dictOf({{"a\nb", tensor(storage("0", 6), 0, {6}, {1})}}), "impossible name");
        row("name no UTF-8", dictOf({{"\xFF\xFE", tensor(storage("0", 6), 0, {6}, {1})}}), "impossible name");
        row("name a number", kProtocol + "}" + integer(1) + tensor(storage("0", 6), 0, {6}, {1}) + "s.", "no name");
    }
    void viewsStayInTheirStorage() { refused(); }

    void whatHasNoStateDictIsNamed_data() {
        QTest::addColumn<QByteArray>("pickle");
        QTest::addColumn<QString>("reason");
        row("empty dict", kProtocol + "}.", "it is empty");
        row("other entries", dictOf({{"epoch", integer(1)}, {"optimizer", "}"}}), "\"epoch\", \"optimizer\"");
        row("state dict without tensors", dictOf({{"state_dict", "}"}}), "its entries are \"state_dict\"");
        row("one tensor", kProtocol + tensor(storage("0", 6), 0, {6}, {1}) + ".", "a single tensor");
        row("a text", kProtocol + text("hello") + ".", "a single value");
        row("a list of tensors", kProtocol + "]" + tensor(storage("0", 6), 0, {6}, {1}) + "a.", "holds a list");
        row("an object without tensors", kProtocol + global("__torch__", "M") + ")\x81}b.", "no tensors");
    }
    void whatHasNoStateDictIsNamed() { refused(); }

    void everyTruncationIsRefused() {
        const std::string whole =
            dictOf({{"a", tensor(storage("0", 6), 0, {2, 3}, {3, 1})}, {"b", tensor(storage("0", 6), 5, {}, {})}});
        QCOMPARE(indexOf(whole).tensors.size(), size_t{2});
        for (size_t size = 0; size < whole.size(); ++size)
            QVERIFY_EXCEPTION_THROWN(indexOf(whole.substr(0, size)), Error);
    }

    void everyFlippedByteIsReadOrRefused() {
        const std::string whole = dictOf({{"a", tensor(storage("0", 6), 0, {2, 3}, {3, 1})}, {"epoch", integer(3)}});
        for (size_t i = 0; i < whole.size(); ++i) {
            for (const int change : {0x01, 0x20, 0x80, 0xFF}) {
                std::string flipped = whole;
                flipped[i] = static_cast<char>(flipped[i] ^ change);
                try {
                    for (const auto& stored : indexOf(flipped).tensors)
                        QVERIFY(stored.offset <= flipped.size() + 600);
                } catch (const Error&) {
                }
            }
        }
    }

    void aPickleInATextStaysText() {
        const std::string inner = kProtocol + global("os", "system") + "(" + text("id") + "tR.";
        const auto index = indexOf(dictOf({{"w", tensor(storage("0", 6), 0, {6}, {1})}, {"note", text(inner)}}));
        QCOMPARE(index.tensors.size(), size_t{1});
        QVERIFY(index.metadata.empty());  // control characters are no metadata
    }

    void valuesOfEveryProtocolAreRead() {
        const std::string content =
            "\x80\x04\x95" + number<uint64_t>(100) + "(N\x88\x89K\x07M\x01\x02J\xFE\xFF\xFF\xFF" + "\x8A\x02\xFF\xFF" +
            "\x8A\x00"s + "I01\nI12\nL-5L\n" + "G\x3F\xF8\0\0\0\0\0\0"s +
            "\x8C\x02hi\x94U\x02yoC\x01zh\x00\x8F(K\x01\x90(K\x02\x91)(NNd(Nl"s + std::string(40, ')') + "t.";
        const Pickle pickle(spanOf(content), "p");
        const auto& items = pickle.items(pickle.root());
        const auto value = [&](size_t i) { return pickle.value(items[i]); };
        QCOMPARE(pickle.size(), uint64_t{content.size()});
        QVERIFY(value(0).kind == PickleKind::None);
        QCOMPARE(value(1).integer, int64_t{1});
        QCOMPARE(value(3).integer, int64_t{7});
        QCOMPARE(value(4).integer, int64_t{513});
        QCOMPARE(value(5).integer, int64_t{-2});
        QCOMPARE(value(6).integer, int64_t{-1});
        QCOMPARE(value(7).integer, int64_t{0});
        QVERIFY(value(8).kind == PickleKind::Bool && value(8).integer == 1);
        QCOMPARE(value(9).integer, int64_t{12});
        QCOMPARE(value(10).integer, int64_t{-5});
        QCOMPARE(value(11).number, 1.5);
        QVERIFY(pickle.isText(items[12], "hi") && pickle.isText(items[13], "yo"));
        QVERIFY(value(14).kind == PickleKind::Bytes);
        QCOMPARE(items[15], items[12]);
        QCOMPARE(pickle.items(items[16]).size(), size_t{1});
        QVERIFY(value(19).kind == PickleKind::Dict && pickle.items(items[19]).size() == 2);
    }

  private:
    static std::string bytesRepeated(const std::string& part, int count) {
        std::string result;
        result.reserve(part.size() * static_cast<size_t>(count));
        for (int i = 0; i < count; ++i)
            result += part;
        return result;
    }

    static void refused() {
        QFETCH(QByteArray, pickle);
        QFETCH(QString, reason);
        const QString error = errorOf([&] { indexOf(pickle.toStdString()); });
        QVERIFY2(error.contains(reason), error.isEmpty() ? "was read" : qPrintable(error));
        QVERIFY2(error.startsWith("broken.pt: "), qPrintable(error));
    }
};

DIAGONAL_TEST(TestPickle);
#include "test_pickle.moc"
