// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/pickle.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "engine/base/error.h"
#include "engine/formats/bytes.h"
#include "engine/formats/pickle_globals.h"

namespace diagonal {

namespace {

// Hundred times what the largest training checkpoints hold.
constexpr size_t kMaxValues = 4'000'000, kMaxStack = 1'000'000, kMaxItems = 8'000'000, kMaxTensors = 500'000;
constexpr size_t kNoMemo = UINT32_MAX;

}  // namespace

/// The stack machine of pickle; every opcode takes at least one byte and makes at most one value.
class PickleInterpreter {
  public:
    PickleInterpreter(Pickle& result, std::span<const uint8_t> bytes, const std::string& file)
        : m_result(result), m_bytes(bytes), m_file(file) {}

    void run() {
        while (true) {
            const uint8_t opcode = *take(1);
            if (opcode == '.') break;
            if (!number(opcode) && !text(opcode) && !container(opcode) && !memo(opcode) && !object(opcode))
                throw unknownOpcode(opcode);
        }
        if (m_stack.size() != 1 || !m_marks.empty()) throw malformed("it ends with an untidy stack");
        m_result.m_root = m_stack.back();
        m_result.m_size = m_position;
    }

  private:
    Error malformed(const std::string& problem) const {
        return Error(m_file, "its pickle is malformed at byte " + std::to_string(m_position) + ": " + problem,
                     "The file is damaged, or no tool of PyTorch wrote it: get it again");
    }
    Error unknownOpcode(uint8_t opcode) const {
        static constexpr std::string_view kCalls = "ioP\x82\x83\x84\x92";
        if (kCalls.find(static_cast<char>(opcode)) != kCalls.npos)
            return Error(m_file,
                         "the file wants to make a Python object (pickle opcode " + std::to_string(opcode) + ")",
                         "Diagonal never runs what a checkpoint holds, and PyTorch writes no such files");
        return malformed("opcode " + std::to_string(opcode) + " is none that PyTorch writes");
    }

    // Bytes
    const uint8_t* take(uint64_t size) {
        if (size > m_bytes.size() - m_position)
            throw Error(m_file, "its pickle ends too early", "The file is cut or damaged: get it again");
        const uint8_t* bytes = m_bytes.data() + m_position;
        m_position += size;
        return bytes;
    }
    template <typename Number>
    Number take() {
        return loadNumber<Number>(take(sizeof(Number)));
    }
    std::string_view takeText(uint64_t size) { return {reinterpret_cast<const char*>(take(size)), size}; }
    std::string_view takeLine() {
        const auto rest = asText(m_bytes.subspan(m_position, std::min<size_t>(m_bytes.size() - m_position, 4096)));
        const size_t end = rest.find('\n');
        if (end == rest.npos) throw malformed("a line does not end");
        m_position += end + 1;
        return rest.substr(0, end);
    }

    // Values and the stack
    PickleId make(PickleKind kind) {
        if (m_result.m_values.size() == kMaxValues) throw malformed("it holds too many values");
        auto& value = m_result.m_values.emplace_back();
        value.kind = kind;
        return static_cast<PickleId>(m_result.m_values.size() - 1);
    }
    PickleValue& at(PickleId id) { return m_result.m_values[id]; }
    PickleKind kindOf(PickleId id) { return at(id).kind; }
    void push(PickleId id) {
        if (m_stack.size() == kMaxStack) throw malformed("its stack grows too high");
        m_stack.push_back(id);
    }
    PickleId pushNew(PickleKind kind) {
        const PickleId id = make(kind);
        push(id);
        return id;
    }
    PickleId pushItems(PickleKind kind, std::vector<PickleId> items = {}) {
        const PickleId id = makeItems(kind, std::move(items));
        push(id);
        return id;
    }
    PickleId makeItems(PickleKind kind, std::vector<PickleId> items = {}) {
        const PickleId id = make(kind);
        countItems(items.size());
        at(id).place = static_cast<uint32_t>(m_result.m_items.size());
        m_result.m_items.push_back(std::move(items));
        return id;
    }
    std::vector<PickleId>& items(PickleId id) { return m_result.m_items[at(id).place]; }
    /// Lists can be copied into others again and again; this keeps their sum in bounds.
    void countItems(size_t count) {
        if (count > kMaxItems - m_itemCount) throw malformed("its lists are too long");
        m_itemCount += count;
    }
    size_t floor() const { return m_marks.empty() ? 0 : m_marks.back(); }
    PickleId top() const {
        if (m_stack.size() <= floor()) throw malformed("its stack is empty");
        return m_stack.back();
    }
    PickleId pop() {
        const PickleId id = top();
        m_stack.pop_back();
        return id;
    }
    std::vector<PickleId> popToMark() {
        if (m_marks.empty()) throw malformed("a mark is missing");
        const auto begin = m_stack.begin() + static_cast<ptrdiff_t>(m_marks.back());
        std::vector<PickleId> items(begin, m_stack.end());
        m_stack.erase(begin, m_stack.end());
        m_marks.pop_back();
        return items;
    }
    void pushInt(int64_t integer) { at(pushNew(PickleKind::Int)).integer = integer; }
    void pushBool(bool value) { at(pushNew(PickleKind::Bool)).integer = value; }
    void pushText(PickleKind kind, std::string_view text) { at(pushNew(kind)).text = text; }

    /// Little-endian two's complement of any length.
    void pushLong(std::string_view digits) {
        if (digits.size() > 8) return pushText(PickleKind::Long, digits);
        uint64_t integer = 0;
        for (size_t i = digits.size(); i-- > 0;)
            integer = integer << 8 | static_cast<uint8_t>(digits[i]);
        const size_t missing = 64 - 8 * digits.size();
        if (digits.empty()) return pushInt(0);
        pushInt(static_cast<int64_t>(integer << missing) >> missing);
    }
    int64_t decimal(std::string_view digits) const {
        int64_t integer = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), integer);
        if (error != std::errc() || end != digits.data() + digits.size()) throw malformed("a number is not one");
        return integer;
    }

    bool number(uint8_t opcode) {
        switch (opcode) {
            case 'N':  // NONE
                pushNew(PickleKind::None);
                return true;
            case 0x88:  // NEWTRUE
            case 0x89:  // NEWFALSE
                pushBool(opcode == 0x88);
                return true;
            case 'J':  // BININT
                pushInt(take<int32_t>());
                return true;
            case 'K':  // BININT1
                pushInt(take<uint8_t>());
                return true;
            case 'M':  // BININT2
                pushInt(take<uint16_t>());
                return true;
            case 'I': {  // INT; booleans of protocol 1 have two digits
                const auto line = takeLine();
                if (line == "00" || line == "01") {
                    pushBool(line == "01");
                } else {
                    pushInt(decimal(line));
                }
                return true;
            }
            case 'L': {  // LONG
                auto line = takeLine();
                if (line.ends_with('L')) line.remove_suffix(1);
                pushInt(decimal(line));
                return true;
            }
            case 0x8A:  // LONG1
                pushLong(takeText(take<uint8_t>()));
                return true;
            case 0x8B: {  // LONG4
                const auto size = take<int32_t>();
                if (size < 0) throw malformed("a number has a negative length");
                pushLong(takeText(static_cast<uint64_t>(size)));
                return true;
            }
            case 'G':  // BINFLOAT, big-endian
                at(pushNew(PickleKind::Float)).number = std::bit_cast<double>(__builtin_bswap64(take<uint64_t>()));
                return true;
            default:
                return false;
        }
    }

    bool text(uint8_t opcode) {
        switch (opcode) {
            case 'X':  // BINUNICODE
                pushText(PickleKind::Text, takeText(take<uint32_t>()));
                return true;
            case 0x8C:  // SHORT_BINUNICODE
            case 'U':   // SHORT_BINSTRING, text of Python 2
                pushText(PickleKind::Text, takeText(take<uint8_t>()));
                return true;
            case 0x8D:  // BINUNICODE8
                pushText(PickleKind::Text, takeText(take<uint64_t>()));
                return true;
            case 'T': {  // BINSTRING
                const auto size = take<int32_t>();
                if (size < 0) throw malformed("a text has a negative length");
                pushText(PickleKind::Text, takeText(static_cast<uint64_t>(size)));
                return true;
            }
            case 'B':  // BINBYTES
                pushText(PickleKind::Bytes, takeText(take<uint32_t>()));
                return true;
            case 'C':  // SHORT_BINBYTES
                pushText(PickleKind::Bytes, takeText(take<uint8_t>()));
                return true;
            case 0x8E:  // BINBYTES8
            case 0x96:  // BYTEARRAY8
                pushText(PickleKind::Bytes, takeText(take<uint64_t>()));
                return true;
            default:
                return false;
        }
    }

    bool container(uint8_t opcode) {
        switch (opcode) {
            case '(':  // MARK
                if (m_marks.size() == kMaxStack) throw malformed("it is nested too deeply");
                m_marks.push_back(m_stack.size());
                return true;
            case '0':  // POP, of a mark too
                if (!m_marks.empty() && m_stack.size() == m_marks.back()) {
                    m_marks.pop_back();
                } else {
                    pop();
                }
                return true;
            case '1':  // POP_MARK
                popToMark();
                return true;
            case ')':  // EMPTY_TUPLE
                pushItems(PickleKind::Tuple);
                return true;
            case 0x85:    // TUPLE1
            case 0x86:    // TUPLE2
            case 0x87: {  // TUPLE3
                std::vector<PickleId> values(opcode - 0x84U);
                for (size_t i = values.size(); i-- > 0;)
                    values[i] = pop();
                pushItems(PickleKind::Tuple, std::move(values));
                return true;
            }
            case 't':  // TUPLE
                pushItems(PickleKind::Tuple, popToMark());
                return true;
            case ']':   // EMPTY_LIST
            case 0x8F:  // EMPTY_SET
                pushItems(PickleKind::List);
                return true;
            case 'l':   // LIST
            case 0x91:  // FROZENSET
                pushItems(PickleKind::List, popToMark());
                return true;
            case '}':  // EMPTY_DICT
                pushItems(PickleKind::Dict);
                return true;
            case 'd': {  // DICT
                const PickleId dict = makeItems(PickleKind::Dict);
                append(dict, PickleKind::Dict, popToMark());
                push(dict);
                return true;
            }
            case 'a': {  // APPEND
                const PickleId item = pop();
                append(top(), PickleKind::List, {item});
                return true;
            }
            case 'e':     // APPENDS
            case 0x90: {  // ADDITEMS
                const auto values = popToMark();
                append(top(), PickleKind::List, values);
                return true;
            }
            case 's': {  // SETITEM
                const PickleId item = pop(), key = pop();
                append(top(), PickleKind::Dict, {key, item});
                return true;
            }
            case 'u': {  // SETITEMS
                const auto values = popToMark();
                append(top(), PickleKind::Dict, values);
                return true;
            }
            default:
                return false;
        }
    }
    void append(PickleId target, PickleKind kind, const std::vector<PickleId>& values) {
        if (kindOf(target) != kind) throw malformed("items are added to what is no list or dict");
        if (kind == PickleKind::Dict && values.size() % 2 != 0) throw malformed("a key has no value");
        countItems(values.size());
        auto& list = items(target);
        list.insert(list.end(), values.begin(), values.end());
    }

    bool memo(uint8_t opcode) {
        switch (opcode) {
            case 'q':  // BINPUT
                remember(take<uint8_t>());
                return true;
            case 'r':  // LONG_BINPUT
                remember(take<uint32_t>());
                return true;
            case 0x94:  // MEMOIZE
                remember(m_remembered);
                return true;
            case 'h':  // BINGET
                recall(take<uint8_t>());
                return true;
            case 'j':  // LONG_BINGET
                recall(take<uint32_t>());
                return true;
            case 0x80:  // PROTO
                if (const auto protocol = take<uint8_t>(); protocol > 5)
                    throw malformed("protocol " + std::to_string(protocol) + " is unknown");
                return true;
            case 0x95:  // FRAME
                if (take<uint64_t>() > m_bytes.size() - m_position) throw malformed("a frame is longer than the file");
                return true;
            default:
                return false;
        }
    }
    void remember(uint64_t place) {
        // Picklers count up, and each place costs them two bytes: no honest place is beyond the position.
        if (place > m_position) throw malformed("its memo is too large");
        if (place >= m_memo.size())
            m_memo.resize(std::max<size_t>(place + 1, std::min(m_memo.size() * 2, m_position)), kNoMemo);
        if (m_memo[place] == kNoMemo) ++m_remembered;
        m_memo[place] = top();
    }
    void recall(uint64_t place) {
        if (place >= m_memo.size() || m_memo[place] == kNoMemo) throw malformed("it recalls what it never stored");
        push(m_memo[place]);
    }

    bool object(uint8_t opcode) {
        switch (opcode) {
            case 'c': {  // GLOBAL
                const auto module = takeLine();
                global(module, takeLine());
                return true;
            }
            case 0x93: {  // STACK_GLOBAL
                const PickleId name = pop(), module = pop();
                if (kindOf(module) != PickleKind::Text || kindOf(name) != PickleKind::Text)
                    throw malformed("a name is no text");
                global(at(module).text, at(name).text);
                return true;
            }
            case 'R':     // REDUCE
            case 0x81: {  // NEWOBJ
                const PickleId arguments = pop(), function = pop();
                push(call(function, arguments, opcode == 0x81));
                return true;
            }
            case 'b': {  // BUILD
                const PickleId state = pop();
                build(top(), state);
                return true;
            }
            case 'Q':  // BINPERSID
                push(storage(pop()));
                return true;
            default:
                return false;
        }
    }

    void global(std::string_view module, std::string_view name) {
        std::string full(module.substr(0, 4096));
        full += '.';
        full += name.substr(0, 4096);
        const auto found = findGlobal(full);
        if (!found) throw refusedGlobal(full, m_file);
        const PickleId id = pushNew(PickleKind::Global);
        at(id).place = static_cast<uint32_t>(m_globals.size());
        at(id).text = name;
        m_globals.push_back(*found);
    }

    PickleId call(PickleId function, PickleId arguments, bool isNew) {
        if (kindOf(function) != PickleKind::Global || kindOf(arguments) != PickleKind::Tuple)
            throw Error(m_file, "the file wants to call something that is no known function",
                        "Diagonal never runs what a checkpoint holds, and PyTorch writes no such files");
        const PickleGlobal known = m_globals[at(function).place];
        // The values move when new ones are made. Nothing known has more arguments.
        const std::vector<PickleId> given(
            items(arguments).begin(), items(arguments).begin() + std::min<ptrdiff_t>(std::ssize(items(arguments)), 8));
        const auto argument = [&](size_t i) {
            if (i >= given.size()) throw malformed("an argument of " + inQuotes(at(function).text) + " is missing");
            return given[i];
        };
        switch (known.role) {
            case GlobalRole::Mapping: {
                const PickleId dict = makeItems(PickleKind::Dict);
                if (!given.empty()) fill(dict, given[0]);
                return dict;
            }
            case GlobalRole::FirstArgument:
                return given.empty() ? makeItems(PickleKind::Tuple) : given[0];
            case GlobalRole::Parameter:
                if (kindOf(argument(0)) != PickleKind::Tensor) throw malformed("a parameter is no tensor");
                return given[0];
            case GlobalRole::Tensor:
                return tensor(argument(0), argument(1), argument(2), argument(3), {});
            case GlobalRole::TensorOfType:
                return tensor(argument(0), argument(1), argument(2), argument(3), argument(6));
            case GlobalRole::FromType:
                return fromType(argument(0), argument(2));
            case GlobalRole::Attributes:
                if (!isNew) break;
                return makeItems(PickleKind::Object);
            case GlobalRole::Encode: {
                const PickleId bytes = make(PickleKind::Bytes);
                if (kindOf(argument(0)) != PickleKind::Text) throw malformed("what is encoded is no text");
                at(bytes).text = at(given[0]).text;
                at(bytes).integer = 1;
                return bytes;
            }
            case GlobalRole::NumpyScalar:
                return numpyScalar(argument(0), argument(1));
            case GlobalRole::NumpyDtype: {
                const PickleId type = make(PickleKind::Other);
                if (kindOf(argument(0)) == PickleKind::Text) at(type).text = at(given[0]).text;
                return type;
            }
            case GlobalRole::Harmless:
                return make(PickleKind::Other);
            case GlobalRole::StorageType:
            case GlobalRole::Dtype:
                break;
        }
        throw Error(m_file, "the file wants to call " + inQuotes(at(function).text) + ", which is no function",
                    "Diagonal never runs what a checkpoint holds, and PyTorch writes no such files");
    }

    /// dict(source), of another dict or of pairs.
    void fill(PickleId dict, PickleId source) {
        const PickleKind kind = kindOf(source);
        if (kind == PickleKind::Dict) {
            const auto values = items(source);
            return append(dict, PickleKind::Dict, values);
        }
        if (kind != PickleKind::List && kind != PickleKind::Tuple) throw malformed("a dict is made of what is no list");
        countItems(items(source).size());
        for (const PickleId pair : std::vector<PickleId>(items(source))) {
            const PickleKind pairKind = kindOf(pair);
            if ((pairKind != PickleKind::List && pairKind != PickleKind::Tuple) || items(pair).size() != 2)
                throw malformed("a dict is made of what are no pairs");
            append(dict, PickleKind::Dict, std::vector<PickleId>(items(pair)));
        }
    }

    PickleId tensor(PickleId storage, PickleId offset, PickleId shape, PickleId strides,
                    std::optional<PickleId> dtype) {
        if (kindOf(storage) != PickleKind::Storage || kindOf(offset) != PickleKind::Int ||
            kindOf(shape) != PickleKind::Tuple || kindOf(strides) != PickleKind::Tuple)
            throw malformed("a tensor is made of the wrong things");
        if (m_result.m_tensors.size() == kMaxTensors) throw malformed("it holds too many tensors");
        PickleTensor tensor{storage, offset, shape, strides, m_result.storage(storage).dtype};
        if (dtype) {
            if (kindOf(*dtype) != PickleKind::Global || m_globals[at(*dtype).place].role != GlobalRole::Dtype)
                throw malformed("a tensor has a type that is none");
            tensor.dtype = m_globals[at(*dtype).place].dtype;
        }
        const PickleId id = make(PickleKind::Tensor);
        at(id).place = static_cast<uint32_t>(m_result.m_tensors.size());
        m_result.m_tensors.push_back(tensor);
        return id;
    }

    PickleId fromType(PickleId function, PickleId arguments) {
        const bool rebuilds =
            kindOf(function) == PickleKind::Global && (m_globals[at(function).place].role == GlobalRole::Tensor ||
                                                       m_globals[at(function).place].role == GlobalRole::TensorOfType);
        if (!rebuilds) throw malformed("a tensor is made by what makes none");
        return call(function, arguments, false);
    }

    PickleId storage(PickleId key) {
        const auto wrong = [&] { return malformed("it refers to what is no storage"); };
        if (kindOf(key) != PickleKind::Tuple) throw wrong();
        const auto& parts = items(key);  // "storage", type, key, device, count; of old files also a view
        if (parts.size() < 5 || parts.size() > 6 || !m_result.isText(parts[0], "storage") ||
            kindOf(parts[1]) != PickleKind::Global || m_globals[at(parts[1]).place].role != GlobalRole::StorageType ||
            kindOf(parts[2]) != PickleKind::Text || kindOf(parts[4]) != PickleKind::Int || at(parts[4]).integer < 0)
            throw wrong();
        if (parts.size() == 6 && kindOf(parts[5]) != PickleKind::None)
            throw Error(m_file, "its tensors share memory in a way that only the first versions of PyTorch wrote",
                        "Load and save it with a newer PyTorch");
        if (m_result.m_storages.size() == kMaxTensors) throw malformed("it holds too many tensors");
        const PickleGlobal& type = m_globals[at(parts[1]).place];
        const PickleStorage storage{at(parts[2]).text, static_cast<uint64_t>(at(parts[4]).integer), type.elementSize,
                                    type.dtype};
        const PickleId id = make(PickleKind::Storage);
        at(id).place = static_cast<uint32_t>(m_result.m_storages.size());
        m_result.m_storages.push_back(storage);
        return id;
    }

    /// Gives an object its attributes. What else has a state (ordered dicts, types of numpy) does not need it.
    void build(PickleId target, PickleId state) {
        const PickleKind kind = kindOf(target);
        if (kind == PickleKind::Object) {
            if (kindOf(state) == PickleKind::Dict) at(target).place = at(state).place;
        } else if (kind == PickleKind::Other) {
            const bool bigEndian =
                kindOf(state) == PickleKind::Tuple && items(state).size() > 1 && m_result.isText(items(state)[1], ">");
            if (bigEndian) at(target).text = {};
        } else if (kind != PickleKind::Dict) {
            throw malformed("something is given a state that has none");
        }
    }

    /// np.float64(…) and the like become numbers.
    PickleId numpyScalar(PickleId type, PickleId content) {
        const std::string_view name = kindOf(type) == PickleKind::Other ? at(type).text : std::string_view();
        uint8_t bytes[8] = {};
        const size_t size = kindOf(content) == PickleKind::Bytes ? decode(at(content), bytes) : 0;
        double number = 0;
        int64_t integer = 0;
        if (name == "f8" && size == 8) {
            number = loadNumber<double>(bytes);
        } else if (name == "f4" && size == 4) {
            number = static_cast<double>(loadNumber<float>(bytes));
        } else if (name == "i8" && size == 8) {
            integer = loadNumber<int64_t>(bytes);
        } else if (name == "i4" && size == 4) {
            integer = loadNumber<int32_t>(bytes);
        } else {
            return make(PickleKind::Other);
        }
        const PickleId id = make(name[0] == 'f' ? PickleKind::Float : PickleKind::Int);
        at(id).number = number;
        at(id).integer = integer;
        return id;
    }
    /// The first eight bytes; those that _codecs.encode made of a text are its characters below U+0100.
    static size_t decode(const PickleValue& value, uint8_t (&bytes)[8]) {
        size_t size = 0;
        for (size_t i = 0; i < value.text.size(); ++i) {
            if (size == 8) return 0;
            auto byte = static_cast<uint8_t>(value.text[i]);
            if (value.integer == 1 && byte >= 0x80) {
                if ((byte & 0xFC) != 0xC0 || i + 1 == value.text.size()) return 0;
                byte = static_cast<uint8_t>(byte << 6 | (value.text[++i] & 0x3F));
            }
            bytes[size++] = byte;
        }
        return size;
    }

    Pickle& m_result;
    std::span<const uint8_t> m_bytes;
    const std::string& m_file;
    size_t m_position = 0, m_itemCount = 0, m_remembered = 0;
    std::vector<PickleId> m_stack, m_memo;
    std::vector<size_t> m_marks;
    std::vector<PickleGlobal> m_globals;
};

Pickle::Pickle(std::span<const uint8_t> bytes, const std::string& file) {
    PickleInterpreter(*this, bytes, file).run();
}

}  // namespace diagonal
