// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/pickle_globals.h"

#include <algorithm>
#include <initializer_list>
#include <unordered_map>

#include "engine/formats/bytes.h"

namespace diagonal {

namespace {

using Table = std::unordered_map<std::string_view, PickleGlobal>;

Table makeTable() {
    using enum GlobalRole;
    Table table;
    const auto add = [&](GlobalRole role, std::initializer_list<std::string_view> names) {
        for (const auto name : names)
            table[name] = {role, {}, 0};
    };
    add(Mapping, {"collections.OrderedDict", "collections.Counter"});
    add(FirstArgument,
        {"torch.Size", "torch.device", "torch.serialization._get_layout", "builtins.set", "__builtin__.set",
         "builtins.frozenset", "__builtin__.frozenset", "torch.jit._pickle.build_intlist",
         "torch.jit._pickle.build_tensorlist", "torch.jit._pickle.build_doublelist", "torch.jit._pickle.build_boollist",
         "torch.jit._pickle.restore_type_tag"});
    add(Parameter, {"torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
                    "torch.nn.parameter.Parameter"});
    add(Tensor, {"torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2"});
    add(TensorOfType, {"torch._utils._rebuild_tensor_v3"});
    add(FromType, {"torch._tensor._rebuild_from_type_v2"});
    add(Attributes, {"argparse.Namespace"});
    add(Encode, {"_codecs.encode"});
    add(NumpyScalar, {"numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar"});
    add(NumpyDtype, {"numpy.dtype"});
    add(Harmless, {"numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "numpy.ndarray",
                   "builtins.bytearray", "builtins.complex", "torch.Tensor", "torch.strided", "torch.contiguous_format",
                   "torch.preserve_format"});

    const auto storage = [&](std::string_view name, std::optional<diagonal::Dtype> dtype, uint32_t size) {
        table[name] = {StorageType, dtype, size};
    };
    using enum diagonal::Dtype;
    storage("torch.DoubleStorage", F64, 8);
    storage("torch.FloatStorage", F32, 4);
    storage("torch.HalfStorage", F16, 2);
    storage("torch.BFloat16Storage", BF16, 2);
    storage("torch.LongStorage", I64, 8);
    storage("torch.IntStorage", I32, 4);
    storage("torch.ShortStorage", I16, 2);
    storage("torch.CharStorage", I8, 1);
    storage("torch.ByteStorage", U8, 1);
    storage("torch.BoolStorage", diagonal::Dtype::Bool, 1);
    storage("torch.ComplexDoubleStorage", {}, 16);
    storage("torch.ComplexFloatStorage", {}, 8);
    storage("torch.QInt8Storage", {}, 1);
    storage("torch.QUInt8Storage", {}, 1);
    storage("torch.QInt32Storage", {}, 4);
    storage("torch.UntypedStorage", U8, 1);
    storage("torch.storage.UntypedStorage", U8, 1);
    storage("torch.cuda.DoubleStorage", F64, 8);
    storage("torch.cuda.FloatStorage", F32, 4);
    storage("torch.cuda.HalfStorage", F16, 2);
    storage("torch.cuda.LongStorage", I64, 8);

    const auto dtype = [&](std::initializer_list<std::string_view> names, std::optional<diagonal::Dtype> type) {
        for (const auto name : names)
            table[name] = {GlobalRole::Dtype, type, 0};
    };
    dtype({"torch.float64", "torch.double"}, F64);
    dtype({"torch.float32", "torch.float"}, F32);
    dtype({"torch.float16", "torch.half"}, F16);
    dtype({"torch.bfloat16"}, BF16);
    dtype({"torch.int64", "torch.long"}, I64);
    dtype({"torch.int32", "torch.int"}, I32);
    dtype({"torch.int16", "torch.short"}, I16);
    dtype({"torch.int8"}, I8);
    dtype({"torch.uint8"}, U8);
    dtype({"torch.bool"}, diagonal::Dtype::Bool);
    dtype({"torch.uint16", "torch.uint32", "torch.uint64", "torch.complex32", "torch.complex64", "torch.complex128",
           "torch.float8_e4m3fn", "torch.float8_e4m3fnuz", "torch.float8_e5m2", "torch.float8_e5m2fnuz"},
          {});
    return table;
}

}  // namespace

std::optional<PickleGlobal> findGlobal(std::string_view name) {
    static const Table table = makeTable();
    if (const auto found = table.find(name); found != table.end()) return found->second;
    // Objects of TorchScript: data alone, their code stands in other members and is never looked at.
    if (name.starts_with("__torch__.")) return PickleGlobal{GlobalRole::Attributes, {}, 0};
    return std::nullopt;
}

Error refusedGlobal(std::string_view name, const std::string& file) {
    static constexpr std::string_view kCode[] = {
        "os.",          "posix.",     "nt.",
        "subprocess.",  "sys.",       "builtins.",
        "__builtin__.", "commands.",  "socket.",
        "shutil.",      "runpy.",     "code.",
        "importlib.",   "pickle.",    "_pickle.",
        "cPickle.",     "operator.",  "functools.",
        "pty.",         "torch.load", "torch.jit.load",
        "webbrowser.",  "urllib.",    "torch.storage.",
        "ctypes.",      "types.",     "multiprocessing.",
    };
    const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
    if (std::any_of(std::begin(kCode), std::end(kCode), begins))
        return Error(file, "the file wants to run the code " + inQuotes(name) + " when it is loaded",
                     "Diagonal never runs what a checkpoint holds; other programs do: do not trust this file");
    if (begins("torch._utils._rebuild_") || begins("torch._tensor."))
        return Error(file, "the file holds tensors of a kind that Diagonal does not read (" + inQuotes(name) + ")",
                     "Save them as plain dense tensors");
    return Error(file, "the file holds a Python object of the class " + inQuotes(name) + ", not tensors alone",
                 "Diagonal never runs what a checkpoint holds. Save the state dict alone, where the file was made: "
                 "torch.save(model.state_dict(), \"model.pt\")");
}

}  // namespace diagonal
