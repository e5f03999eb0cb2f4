// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/image_names.h"

#include "engine/base/encoding.h"
#include "engine/base/file.h"
#include "engine/inference/export.h"
#include "engine/text/unicode.h"

namespace diagonal {

using OrderedJson = nlohmann::ordered_json;

void setName(OrderedJson& object, const std::string& key, const std::filesystem::path& name) {
    object[key] = repairUtf8(name.native());
    if (!isUtf8(name.native())) object[key + "_bytes"] = hexadecimal(name.native());
}

OrderedJson namedImage(const std::filesystem::path& file) {
    OrderedJson result = OrderedJson::object();
    setName(result, "image", file);
    return result;
}

std::string imageNameOf(const nlohmann::json& result) {
    const auto bytes = result.find("image_bytes");
    if (bytes == result.end()) {
        const auto image = result.find("image");
        return image != result.end() && image->is_string() ? image->get<std::string>() : "";
    }
    return bytes->is_string() ? bytesOfHexadecimal(bytes->get<std::string>()) : std::string();
}

void CsvNames::prepare(const std::filesystem::path& name) {
    m_hasBytes = m_hasBytes || (!m_forTerminal && !isUtf8(name.native()));
}

std::string CsvNames::head(std::string_view column) const {
    return m_hasBytes ? "," + std::string(column) : std::string();
}

std::string CsvNames::cell(const std::filesystem::path& name) const {
    return csvText(m_forTerminal ? displayName(name) : repairUtf8(name.native()));
}

std::string CsvNames::end(const std::filesystem::path& name) const {
    if (!m_hasBytes) return {};
    return isUtf8(name.native()) ? "," : "," + hexadecimal(name.native());
}

}  // namespace diagonal
