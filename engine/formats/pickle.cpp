// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/pickle.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "engine/base/error.h"
#include "engine/formats/bytes.h"
#include "engine/formats/pickle_builder.h"

namespace diagonal {

namespace {

constexpr size_t kMaxStack = 1'000'000;
constexpr size_t kNoMemo = UINT32_MAX;

}  // namespace

/// The stack machine of pickle; every opcode takes at least one byte and makes at most one value.
class PickleInterpreter {
  public:
    PickleInterpreter(Pickle& result, std::span<const uint8_t> bytes, const std::string& file)
        : m_result(result), m_bytes(bytes), m_file(file), m_builder(result, m_position, file) {}

    void run() {
        while (true) {
            const uint8_t opcode = *take(1);
            if (opcode == '.') break;
            if (!number(opcode) && !text(opcode) && !container(opcode) && !memo(opcode) && !object(opcode))
                throw unknownOpcode(opcode);
        }
        if (m_stack.size() != 1 || !m_marks.empty()) throw m_builder.malformed("it ends with an untidy stack");
        m_result.m_root = m_stack.back();
        m_result.m_size = m_position;
    }

  private:
    Error unknownOpcode(uint8_t opcode) const {
        static constexpr std::string_view kCalls = "ioP\x82\x83\x84\x92";
        if (kCalls.find(static_cast<char>(opcode)) != kCalls.npos)
            return Error(m_file,
                         "the file wants to make a Python object (pickle opcode " + std::to_string(opcode) + ")",
                         "Diagonal never runs what a checkpoint holds, and PyTorch writes no such files");
        return m_builder.malformed("opcode " + std::to_string(opcode) + " is none that PyTorch writes");
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
        if (end == rest.npos) throw m_builder.malformed("a line does not end");
        m_position += end + 1;
        return rest.substr(0, end);
    }

    // Values and the stack
    void push(PickleId id) {
        if (m_stack.size() == kMaxStack) throw m_builder.malformed("its stack grows too high");
        m_stack.push_back(id);
    }
    PickleId pushNew(PickleKind kind) {
        const PickleId id = m_builder.make(kind);
        push(id);
        return id;
    }
    PickleId pushItems(PickleKind kind, std::vector<PickleId> items = {}) {
        const PickleId id = m_builder.makeItems(kind, std::move(items));
        push(id);
        return id;
    }
    size_t floor() const { return m_marks.empty() ? 0 : m_marks.back(); }
    PickleId top() const {
        if (m_stack.size() <= floor()) throw m_builder.malformed("its stack is empty");
        return m_stack.back();
    }
    PickleId pop() {
        const PickleId id = top();
        m_stack.pop_back();
        return id;
    }
    std::vector<PickleId> popToMark() {
        if (m_marks.empty()) throw m_builder.malformed("a mark is missing");
        const auto begin = m_stack.begin() + static_cast<ptrdiff_t>(m_marks.back());
        std::vector<PickleId> items(begin, m_stack.end());
        m_stack.erase(begin, m_stack.end());
        m_marks.pop_back();
        return items;
    }
    void pushInt(int64_t integer) { m_builder.at(pushNew(PickleKind::Int)).integer = integer; }
    void pushBool(bool value) { m_builder.at(pushNew(PickleKind::Bool)).integer = value; }
    void pushText(PickleKind kind, std::string_view text) { m_builder.at(pushNew(kind)).text = text; }

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
        if (error != std::errc() || end != digits.data() + digits.size())
            throw m_builder.malformed("a number is not one");
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
                if (size < 0) throw m_builder.malformed("a number has a negative length");
                pushLong(takeText(static_cast<uint64_t>(size)));
                return true;
            }
            case 'G':  // BINFLOAT, big-endian
                m_builder.at(pushNew(PickleKind::Float)).number =
                    std::bit_cast<double>(__builtin_bswap64(take<uint64_t>()));
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
                if (size < 0) throw m_builder.malformed("a text has a negative length");
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
                if (m_marks.size() == kMaxStack) throw m_builder.malformed("it is nested too deeply");
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
                const PickleId dict = m_builder.makeItems(PickleKind::Dict);
                m_builder.append(dict, PickleKind::Dict, popToMark());
                push(dict);
                return true;
            }
            case 'a': {  // APPEND
                const PickleId item = pop();
                m_builder.append(top(), PickleKind::List, {item});
                return true;
            }
            case 'e':     // APPENDS
            case 0x90: {  // ADDITEMS
                const auto values = popToMark();
                m_builder.append(top(), PickleKind::List, values);
                return true;
            }
            case 's': {  // SETITEM
                const PickleId item = pop(), key = pop();
                m_builder.append(top(), PickleKind::Dict, {key, item});
                return true;
            }
            case 'u': {  // SETITEMS
                const auto values = popToMark();
                m_builder.append(top(), PickleKind::Dict, values);
                return true;
            }
            default:
                return false;
        }
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
                    throw m_builder.malformed("protocol " + std::to_string(protocol) + " is unknown");
                return true;
            case 0x95:  // FRAME
                if (take<uint64_t>() > m_bytes.size() - m_position)
                    throw m_builder.malformed("a frame is longer than the file");
                return true;
            default:
                return false;
        }
    }
    void remember(uint64_t place) {
        // Picklers count up, and each place costs them two bytes: no honest place is beyond the position.
        if (place > m_position) throw m_builder.malformed("its memo is too large");
        if (place >= m_memo.size())
            m_memo.resize(std::max<size_t>(place + 1, std::min(m_memo.size() * 2, m_position)), kNoMemo);
        if (m_memo[place] == kNoMemo) ++m_remembered;
        m_memo[place] = top();
    }
    void recall(uint64_t place) {
        if (place >= m_memo.size() || m_memo[place] == kNoMemo)
            throw m_builder.malformed("it recalls what it never stored");
        push(m_memo[place]);
    }

    bool object(uint8_t opcode) {
        switch (opcode) {
            case 'c': {  // GLOBAL
                const auto module = takeLine();
                push(m_builder.global(module, takeLine()));
                return true;
            }
            case 0x93: {  // STACK_GLOBAL
                const PickleId name = pop(), module = pop();
                if (m_builder.at(module).kind != PickleKind::Text || m_builder.at(name).kind != PickleKind::Text)
                    throw m_builder.malformed("a name is no text");
                push(m_builder.global(m_builder.at(module).text, m_builder.at(name).text));
                return true;
            }
            case 'R':     // REDUCE
            case 0x81: {  // NEWOBJ
                const PickleId arguments = pop(), function = pop();
                push(m_builder.call(function, arguments, opcode == 0x81));
                return true;
            }
            case 'b': {  // BUILD
                const PickleId state = pop();
                m_builder.build(top(), state);
                return true;
            }
            case 'Q':  // BINPERSID
                push(m_builder.storage(pop()));
                return true;
            default:
                return false;
        }
    }

    Pickle& m_result;
    std::span<const uint8_t> m_bytes;
    const std::string& m_file;
    size_t m_position = 0, m_remembered = 0;
    PickleBuilder m_builder;
    std::vector<PickleId> m_stack, m_memo;
    std::vector<size_t> m_marks;
};

Pickle::Pickle(std::span<const uint8_t> bytes, const std::string& file) {
    PickleInterpreter(*this, bytes, file).run();
}

}  // namespace diagonal
