// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <set>

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "app/cli/signals.h"
#include "engine/base/file.h"
#include "engine/image/png.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"
#include "engine/inference/zero_shot.h"

namespace diagonal::cli {

namespace {

struct ExplainOptions : ModelOptions {
    std::vector<std::string> labels, templates, images;
    std::string out;
    double opacity = 0.65;
    Format format = Format::Table;
};

/// A label as part of a file name: letters and digits of any script stay.
std::string fileNamePart(const std::string& label) {
    constexpr size_t kLongest = 60;
    std::string part;
    for (const char c : label) {
        const auto byte = static_cast<unsigned char>(c);
        const bool kept = byte >= 0x80 || std::isalnum(byte) != 0;
        if (kept)
            part += c;
        else if (!part.empty() && part.back() != '-')
            part += '-';
    }
    if (part.size() > kLongest) {
        part.resize(kLongest);
        while (!part.empty() && (static_cast<unsigned char>(part.back()) & 0xC0) == 0x80)
            part.pop_back();  // no half of a character
        if (!part.empty() && static_cast<unsigned char>(part.back()) >= 0xC0) part.pop_back();
    }
    while (!part.empty() && part.back() == '-')
        part.pop_back();
    return part.empty() ? "label" : part;
}

/// Names of overlays: "photo.red-circle.png", with a number where that was given already.
class OverlayNames {
  public:
    explicit OverlayNames(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    std::filesystem::path next(const std::filesystem::path& image, const std::string& label) {
        const std::string stem = image.stem().string() + "." + fileNamePart(label);
        std::string name = stem;
        for (int number = 2; !m_given.insert(name).second; ++number)
            name = stem + "-" + std::to_string(number);
        return m_folder / (name + ".png");
    }

  private:
    std::filesystem::path m_folder;
    std::set<std::string> m_given;
};

/// Results of one picture after the other.
class ExplainWriter {
  public:
    ExplainWriter(const ExplainOptions& options, const std::vector<std::string>& labels, const ImageFiles& images)
        : m_options(options), m_labels(labels), m_names(m_output.isTerminal()) {
        for (const auto& file : images.files)
            m_names.prepare(file);
        for (const auto& failure : images.failures)
            m_names.prepare(failure.path);
        if (isCsv()) m_output.write("image,label,row,column,value,error" + m_names.head() + "\r\n");
    }

    /// overlays: a file for each label, or none at all.
    void add(const std::filesystem::path& image, const std::vector<RelevanceMap>& maps,
             const std::vector<std::filesystem::path>& overlays) {
        if (isCsv())
            addCsv(image, maps);
        else if (m_options.format == Format::Json)
            addJson(image, maps, overlays);
        else
            for (const auto& overlay : overlays)
                m_output.write(displayName(overlay) + "\n");
        m_output.flush();
    }
    void addError(const std::filesystem::path& image, const std::string& error) {
        if (isCsv()) m_output.write(m_names.cell(image) + ",,,,," + csvText(error) + m_names.end(image) + "\r\n");
        Json result = namedImage(image);
        result["error"] = error;
        m_results.push_back(std::move(result));
    }
    void finish() {
        if (m_options.format == Format::Json)
            m_output.write(dump({{"model", m_options.model}, {"labels", m_labels}, {"results", m_results}}) + "\n");
        m_output.finish();
    }

  private:
    bool isCsv() const { return m_options.format == Format::Csv; }

    void addCsv(const std::filesystem::path& image, const std::vector<RelevanceMap>& maps) {
        const std::string name = m_names.cell(image), end = m_names.end(image) + "\r\n";
        for (size_t i = 0; i < maps.size(); ++i)
            for (int row = 0; row < maps[i].rows; ++row)
                for (int column = 0; column < maps[i].columns; ++column)
                    m_output.write(name + "," + csvText(m_labels[i]) + "," + std::to_string(row) + "," +
                                   std::to_string(column) + "," +
                                   csvNumber(maps[i].values[static_cast<size_t>(row * maps[i].columns + column)]) +
                                   "," + end);
    }

    void addJson(const std::filesystem::path& image, const std::vector<RelevanceMap>& maps,
                 const std::vector<std::filesystem::path>& overlays) {
        const RelevanceMap& first = maps.front();
        Json list = Json::array();
        for (size_t i = 0; i < maps.size(); ++i) {
            Json rows = Json::array();
            for (int row = 0; row < maps[i].rows; ++row) {
                const auto begin = maps[i].values.begin() + static_cast<ptrdiff_t>(row) * maps[i].columns;
                rows.push_back(std::vector<float>(begin, begin + maps[i].columns));
            }
            Json one = {{"label", m_labels[i]}, {"values", std::move(rows)}};
            if (!overlays.empty()) setName(one, "overlay", overlays[i]);
            list.push_back(std::move(one));
        }
        Json result = namedImage(image);
        result["width"] = first.imageWidth;
        result["height"] = first.imageHeight;
        result["area"] = {first.area.x, first.area.y, first.area.width, first.area.height};
        result["maps"] = std::move(list);
        m_results.push_back(std::move(result));
    }

    const ExplainOptions& m_options;
    const std::vector<std::string>& m_labels;
    Output m_output;
    CsvNames m_names;
    Json m_results = Json::array();
};

std::vector<std::filesystem::path> writeOverlays(const std::filesystem::path& file,
                                                 const std::vector<RelevanceMap>& maps,
                                                 const std::vector<std::string>& labels, double opacity,
                                                 OverlayNames& names) {
    const int orientation = exifOrientation(readBytes(file));
    const Image picture = upright(readImage(file), orientation);
    std::vector<std::filesystem::path> written;
    for (size_t i = 0; i < maps.size(); ++i) {
        const auto bytes = encodePng(drawRelevance(picture, upright(maps[i], orientation), opacity));
        written.push_back(names.next(file, labels[i]));
        writeFile(written.back(), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    return written;
}

void makeFolder(const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!std::filesystem::is_directory(folder))
        throw Error(displayName(folder), "this folder cannot be made", "Choose another with --out");
}

int runExplain(const ExplainOptions& options) {
    checkTemplates(options.templates);
    if (options.out.empty() && options.format == Format::Table)
        throw UsageError("nothing to write. Give --out DIR for pictures, or --format json or csv for the numbers.");
    const std::vector<Label> given = parseLabels(cleanLabels(options.labels));
    const std::vector<std::string> labels = namesOf(given);
    const auto session = openSession(options);
    const ImageFiles images = gatherImages(options.images);
    const Embeddings texts =
        meanOfSynonyms(embedLabels(*session, textsOf(given), options.templates, {stopToken(), {}}), given);
    if (!options.out.empty()) makeFolder(options.out);

    ExplainWriter writer(options, labels, images);
    for (const auto& failure : images.failures)
        writer.addError(failure.path, failure.reason);
    OverlayNames names(options.out);
    ProgressLine progress("images");
    const JobContext job = progress.job();
    size_t failures = images.failures.size();
    for (size_t i = 0; i < images.files.size(); ++i) {
        const auto& file = images.files[i];
        job.progress(static_cast<int64_t>(i), static_cast<int64_t>(images.files.size()));
        std::vector<RelevanceMap> maps;
        try {
            maps = session->relevance(file, texts, job);
        } catch (const Error& error) {
            ++failures;
            reportUnreadable(file, error.problem());
            writer.addError(file, error.problem());
            continue;
        }
        writer.add(file, maps,
                   options.out.empty() ? std::vector<std::filesystem::path>()
                                       : writeOverlays(file, maps, labels, options.opacity, names));
    }
    job.progress(static_cast<int64_t>(images.files.size()), static_cast<int64_t>(images.files.size()));
    writer.finish();
    return failures == 0 ? kDone : kSomeUnreadable;
}

}  // namespace

void addExplain(CLI::App& app, Program& program) {
    auto options = std::make_shared<ExplainOptions>();
    CLI::App* command = app.add_subcommand(
        "explain",
        "Show which parts of a picture speak for a label.\n\nOne PNG for each picture and label: the picture with a "
        "map of relevance over it, bright and opaque\nwhere it counts. Only what the model sees is covered: its crop "
        "of the picture.");
    addImages(command, options->images);
    addLabels(command, options->labels)->required();
    addTemplates(command, options->templates);
    command->add_option("-o,--out", options->out, "Folder for the pictures, made where there is none")
        ->option_text("DIR");
    command->add_option("--opacity", options->opacity, "Of the map over the picture, 0 to 1 (default: 0.65)")
        ->option_text("X")
        ->check(CLI::Range(0.0, 1.0));
    addModel(command, *options);
    addFormat(command, options->format, {Format::Table, Format::Csv, Format::Json});
    command->footer(
        "  diagonal-cli explain photo.jpg --label \"a dog\" --label \"a ball\" --out maps --model my-clip\n"
        "  diagonal-cli explain pictures/ --label \"red circle\" --template \"a photo of a {}.\" --format json");
    runs(command, program, options, runExplain);
}

}  // namespace diagonal::cli
