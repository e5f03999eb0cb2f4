// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/matrix.h"

#include <algorithm>
#include <cmath>

#include "app/cli/console.h"
#include "app/cli/embed_images.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "app/cli/options.h"
#include "engine/base/encoding.h"
#include "engine/embeddings/embedding_export.h"
#include "engine/inference/colour_map.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"

namespace diagonal::cli {

namespace {

struct MatrixOptions : ModelOptions {
    std::vector<std::string> images;
    std::string texts, out;
    MatrixValue value = MatrixValue::Cosine;
    Format format = Format::Table;
};

bool isProbability(MatrixValue value) {
    return value == MatrixValue::SoftmaxRow || value == MatrixValue::SoftmaxColumn;
}

std::string valueName(MatrixValue value) {
    static const char* const kNames[] = {"cosine", "logit", "softmax-row", "softmax-col"};
    return kNames[static_cast<int>(value)];
}

void exportPicture(const std::string& file, const SimilarityMatrix& matrix, MatrixValue value) {
    double low = 0, high = 1;
    if (!isProbability(value)) {
        low = INFINITY, high = -INFINITY;
        for (const float one : matrix.values) {
            if (!std::isfinite(one)) continue;
            low = std::min<double>(low, one);
            high = std::max<double>(high, one);
        }
        if (!(low < high)) high = low + 1;
    }
    exportMatrixPicture(file, matrix, ColourMap::Viridis, low, high);
    console().note("Colours run from " + fixed(low, 3) + " (dark) to " + fixed(high, 3) + " (bright).");
}

void writeTable(Output& output, const std::vector<std::string>& names, const std::vector<std::string>& texts,
                const SimilarityMatrix& matrix) {
    constexpr size_t kMaxNameWidth = 48;
    const std::vector<std::filesystem::path> files(names.begin(), names.end());
    const std::filesystem::path folder = sharedFolder(PathArray(files), kMaxNameWidth);
    std::string legend = folder.empty() ? "" : "In " + displayName(folder) + ":\n";
    std::vector<std::vector<std::string>> rows(1, {"IMAGE"});
    std::vector<size_t> right;
    for (size_t j = 0; j < texts.size(); ++j) {
        const std::string letter = "T" + std::to_string(j + 1);
        legend += letter + "  " + printable(texts[j]) + "\n";
        rows[0].push_back(letter);
        right.push_back(j + 1);
    }
    for (size_t i = 0; i < names.size(); ++i) {
        const std::filesystem::path file = names[i];
        const auto& name = folder.empty() ? file : file.lexically_relative(folder);
        std::vector<std::string> row{shorten(displayName(name), kMaxNameWidth)};
        for (size_t j = 0; j < texts.size(); ++j)
            row.push_back(fixed(matrix.at(static_cast<int64_t>(i), static_cast<int64_t>(j)), 3));
        rows.push_back(std::move(row));
    }
    output.write(legend + "\n" + renderTable(rows, right));
}

void writeCsv(Output& output, const std::vector<std::string>& names, const std::vector<std::string>& texts,
              const SimilarityMatrix& matrix) {
    CsvNames cells(output.isTerminal());
    std::string text = "image";
    for (const auto& one : texts)
        text += "," + csvText(one);
    for (const auto& name : names)
        cells.prepare(name);
    text += cells.head() + "\r\n";
    for (size_t i = 0; i < names.size(); ++i) {
        text += cells.cell(names[i]);
        for (size_t j = 0; j < texts.size(); ++j) {
            const float one = matrix.at(static_cast<int64_t>(i), static_cast<int64_t>(j));
            text += "," + (std::isnan(one) ? std::string() : csvNumber(one));
        }
        text += cells.end(names[i]) + "\r\n";
    }
    output.write(text);
}

void writeJson(Output& output, const MatrixOptions& options, double temperature, const std::vector<std::string>& names,
               const std::vector<std::string>& texts, const SimilarityMatrix& matrix,
               const std::vector<FileFailure>& failures) {
    Json rows = Json::array(), errors = Json::array(), bytes = Json::object();
    for (size_t i = 0; i < names.size(); ++i) {
        Json row = Json::array();
        for (size_t j = 0; j < texts.size(); ++j)
            row.push_back(matrix.at(static_cast<int64_t>(i), static_cast<int64_t>(j)));
        rows.push_back(std::move(row));
        if (!isUtf8(names[i])) bytes[std::to_string(i)] = hexadecimal(names[i]);
    }
    for (const auto& failure : failures) {
        errors.push_back(namedImage(failure.path));
        errors.back()["error"] = failure.reason;
    }
    Json all = {{"model", options.model},
                {"value", valueName(options.value)},
                {"temperature", temperature},
                {"images", names},
                {"texts", texts},
                {"matrix", rows},
                {"errors", errors}};
    if (!bytes.empty()) all["image_bytes"] = bytes;
    output.write(dump(all) + "\n");
}

int runMatrix(const MatrixOptions& options) {
    const bool picture = options.out.ends_with(".png");
    if (!options.out.empty() && !picture && !options.out.ends_with(".csv") && !options.out.ends_with(".npy"))
        throw UsageError("--out: “" + options.out + "” must end in .csv, .npy or .png.");
    const auto texts = readLines(options.texts, "texts");
    const auto session = openSession(options);
    const double temperature = session->info().temperature;
    const EmbeddedLines columns = embedLines(*session, texts, true);
    const EmbeddedImages images = embedFiles(*session, options.images, true);
    const SimilarityMatrix matrix =
        matrixValues(cosineMatrix(images.embeddings, columns.embeddings), options.value, temperature);
    std::vector<std::string> names;
    for (const auto& file : images.files)
        names.push_back(file.string());

    if (options.out.empty()) {
        Output output;
        if (options.format == Format::Csv)
            writeCsv(output, names, texts, matrix);
        else if (options.format == Format::Json)
            writeJson(output, options, temperature, names, texts, matrix, images.failures);
        else
            writeTable(output, names, texts, matrix);
        output.finish();
    } else {
        if (picture)
            exportPicture(options.out, matrix, options.value);
        else
            exportMatrix(options.out, names, texts, matrix);
        writeFailures(options.out, images.failures);
        console().note(counted(matrix.rows, "image") + " × " + counted(matrix.columns, "text") + " (" +
                       valueName(options.value) + ") in " + displayName(options.out) + ".");
    }
    return images.failures.empty() && columns.failures == 0 ? kDone : kSomeUnreadable;
}

}  // namespace

void addMatrix(CLI::App& app, Program& program) {
    auto options = std::make_shared<MatrixOptions>();
    CLI::App* command =
        app.add_subcommand("matrix",
                           "How well each picture goes with each text: the similarity matrix.\n\nA row an "
                           "image, a column a text. A picture that cannot be read has an empty row.");
    addAllFolders(command);
    command->add_option("images,--images", options->images, kImagesHelp)->required()->option_text("PATH...");
    command->add_option("--texts", options->texts, "A text file with one text a line, or - for stdin")
        ->required()
        ->option_text("FILE");
    addChoice<MatrixValue>(command, "--value", options->value,
                           {{"cosine", MatrixValue::Cosine},
                            {"logit", MatrixValue::Logit},
                            {"softmax-row", MatrixValue::SoftmaxRow},
                            {"softmax-col", MatrixValue::SoftmaxColumn}},
                           "cosine; logit (cosine / temperature); softmax-row (texts compete for an image); "
                           "softmax-col (images compete for a text) (default: cosine)");
    command->add_option("-o,--out", options->out, "The file to write: .csv, .npy or .png (default: print)")
        ->option_text("FILE");
    addModel(command, *options);
    addCacheOption(command, *options);
    addFormat(command, options->format, {Format::Table, Format::Csv, Format::Json});
    command->footer(
        "  diagonal-cli matrix --images pictures/ --texts captions.txt --out matrix.png --model my-clip\n"
        "  diagonal-cli matrix --images a.png b.png --texts captions.txt --value softmax-row");
    runs(command, program, options, runMatrix);
}

}  // namespace diagonal::cli
