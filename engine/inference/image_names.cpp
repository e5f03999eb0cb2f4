// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/image_names.h"

#include <cstdlib>

namespace diagonal {

using OrderedJson = nlohmann::ordered_json;

OrderedJson namedImage(const std::filesystem::path& file) {
    OrderedJson result = {{"image", file.string()}};
    try {
        [[maybe_unused]] const std::string text = result.dump();
    } catch (const OrderedJson::type_error&) {
        static constexpr char kHex[] = "0123456789abcdef";
        std::string digits;
        for (const char c : file.native())
            digits += {kHex[static_cast<unsigned char>(c) >> 4], kHex[static_cast<unsigned char>(c) & 15]};
        result["image_bytes"] = digits;
    }
    return result;
}

std::string imageNameOf(const nlohmann::json& result) {
    const auto bytes = result.find("image_bytes");
    if (bytes == result.end()) {
        const auto image = result.find("image");
        return image != result.end() && image->is_string() ? image->get<std::string>() : "";
    }
    if (!bytes->is_string()) return {};
    const auto digits = bytes->get<std::string>();
    std::string name;
    for (size_t i = 0; i + 1 < digits.size(); i += 2)
        name += static_cast<char>(std::strtol(digits.substr(i, 2).c_str(), nullptr, 16));
    return name;
}

}  // namespace diagonal
