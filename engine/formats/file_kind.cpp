// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/file_kind.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "engine/formats/bytes.h"

namespace diagonal {

namespace {

constexpr const char* kWanted =
    "Diagonal reads safetensors files and the state dicts of PyTorch (.safetensors, .pt, .bin)";

struct Signature {
    std::string_view begin;
    const char* problem;
    const char* remedy = kWanted;
};

using namespace std::string_view_literals;

constexpr Signature kSignatures[] = {
    {"version https://git-lfs"sv, "this is a pointer of Git LFS, not the file itself",
     "Fetch the file: run \"git lfs pull\" in its folder, or download it from the website"},
    {"\xFF\xD8\xFF"sv, "this is a JPEG image, not a model", "Open it as an image"},
    {"\x89PNG"sv, "this is a PNG image, not a model", "Open it as an image"},
    {"GIF8"sv, "this is a GIF image, not a model", "Open it as an image"},
    {"RIFF"sv, "this is a WebP image, a sound or a film, not a model", kWanted},
    {"%PDF"sv, "this is a PDF document, not a model", kWanted},
    {"GGUF"sv, "this is a model in the GGUF format of llama.cpp",
     "Get the safetensors or PyTorch file that it was made of"},
    {"\x89HDF\r\n\x1A\n"sv, "this is an HDF5 file, probably of Keras or TensorFlow",
     "Get the model as safetensors or PyTorch file"},
    {"\x93NUMPY"sv, "this is an array of NumPy (.npy), not a model", kWanted},
    {"\x08\x01\x12\x0Ctensorflow"sv, "this is a model of TensorFlow", "Get the model as safetensors or PyTorch file"},
    {"\x1F\x8B"sv, "this file is compressed by gzip", "Unpack it first (gunzip, or tar xzf)"},
    {"BZh"sv, "this file is compressed by bzip2", "Unpack it first (bunzip2)"},
    {"\xFD"
     "7zXZ"sv,
     "this file is compressed by xz", "Unpack it first (unxz)"},
    {"\x28\xB5\x2F\xFD"sv, "this file is compressed by zstd", "Unpack it first (unzstd)"},
    {"7z\xBC\xAF\x27\x1C"sv, "this is a 7z archive", "Unpack it first and open the model in it"},
    {"Rar!"sv, "this is a RAR archive", "Unpack it first and open the model in it"},
    {"PK\x05\x06"sv, "this zip archive is empty", "Get the file again"},
    {"\x7F"
     "ELF"sv,
     "this is a program, not a model", kWanted},
    {"MZ"sv, "this is a program, not a model", kWanted},
};

bool hasAt(std::span<const uint8_t> file, size_t position, std::string_view text) {
    return file.size() >= position + text.size() && asText(file.subspan(position, text.size())) == text;
}

bool containsAnyCase(std::string_view text, std::string_view word) {
    return std::search(text.begin(), text.end(), word.begin(), word.end(),
                       [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; }) != text.end();
}

}  // namespace

Error foreignFile(std::span<const uint8_t> file, const std::string& name) {
    if (file.empty()) return Error(name, "the file is empty", "The download or copy failed: get the file again");
    for (const auto& [begin, problem, remedy] : kSignatures)
        if (startsWith(file, begin)) return Error(name, problem, remedy);
    if (hasAt(file, 257, "ustar"))
        return Error(name, "this is a tar archive", "Unpack it first (tar xf) and open the model in it");
    const auto head = asText(file.first(std::min<size_t>(file.size(), 4096)));
    if (std::all_of(head.begin(), head.end(), [](char c) { return c == 0; }))
        return Error(name, "the file begins with zeros alone: a download that reserved its space and did not finish",
                     "Get the file again");
    if (file[0] == 0x80 && file.size() > 2 && file[1] >= 2 && file[1] <= 5)
        return Error(name, "this is a pickle of Python that torch.save did not write",
                     "Diagonal never runs what such a file holds. Save the state dict with torch.save");
    if (file[0] == 0x08 &&
        (head.find("onnx") != head.npos || head.find("pytorch\x1A") != head.npos || hasAt(file, 2, "\x12\x07pytorch")))
        return Error(name, "this is a model in the ONNX format", "Get the PyTorch file that it was made of");
    // A character may be cut at the end of the head of a longer file.
    std::string_view visible = head;
    for (int i = 0; i < 3 && head.size() < file.size() && (visible.back() & 0x80) != 0; ++i)
        visible.remove_suffix(1);
    std::string plain(visible);
    std::erase_if(plain, [](char c) { return c == '\n' || c == '\r' || c == '\t'; });
    if (!isPlainText(plain)) return Error(name, "this is no checkpoint that Diagonal knows", kWanted);
    if (containsAnyCase(head, "<html") || containsAnyCase(head, "<!doctype"))
        return Error(name,
                     "this is a web page, not a model: the website answered the download with an error or a login",
                     "Open the address in a browser and download the file there");
    const auto first = plain.find_first_not_of(' ');
    if (first != plain.npos && (plain[first] == '{' || plain[first] == '['))
        return Error(name, "this is a JSON file, not a model",
                     containsAnyCase(head, "weight_map") ? "It lists the parts of a model: open the folder it lies in"
                                                         : "If it describes a model, open the folder it lies in");
    return Error(name, "this is a text file, not a model: it begins with " + inQuotes(plain.substr(0, 60)), kWanted);
}

Error foreignZip(const ZipDirectory& zip, const std::string& name) {
    const auto any = [&](auto matches) {
        return std::any_of(zip.members().begin(), zip.members().end(),
                           [&](const ZipMember& member) { return matches(member.name); });
    };
    if (any([](std::string_view member) { return member.ends_with(".npy"); }))
        return Error(name, "this is an archive of NumPy arrays (.npz), not a model", kWanted);
    if (any([](std::string_view member) { return member == "model.weights.h5" || member == "metadata.json"; }))
        return Error(name, "this is a model of Keras", "Get the model as safetensors or PyTorch file");
    if (any([](std::string_view member) {
            return member.ends_with(".pt") || member.ends_with(".pth") || member.ends_with(".bin") ||
                   member.ends_with(".safetensors") || member.ends_with(".zip");
        }))
        return Error(name, "this is a zip archive with other files in it", "Unpack it first and open the model in it");
    return Error(name, "this is a zip archive that PyTorch did not write: \"data.pkl\" is missing in it", kWanted);
}

}  // namespace diagonal
