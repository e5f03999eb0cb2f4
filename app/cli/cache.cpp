// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "engine/inference/cache_size.h"
#include "engine/inference/embedding_cache.h"

namespace diagonal::cli {

namespace {

struct CacheInfoOptions {
    Format format = Format::Table;
};

struct ClearOptions {};

struct LimitOptions {
    std::string size;
};

/// Throws Error where there is no cache.
std::unique_ptr<EmbeddingCache> openCache() {
    const auto folder = EmbeddingCache::defaultFolder();
    if (folder.empty())
        throw Error("DIAGONAL_EMBEDDING_CACHE", "says off: there is no cache", "Unset it, or name a folder");
    auto cache = std::make_unique<EmbeddingCache>(folder);
    for (const auto& message : cache->takeMessages())
        console().note("Note: " + message);
    if (!cache->isOpen()) throw Error(displayName(folder), "the cache of embeddings cannot be opened");
    return cache;
}

int runCacheInfo(const CacheInfoOptions& options) {
    const CacheInfo info = openCache()->info();
    Output output;
    if (options.format == Format::Json)
        output.write(dump({{"file", info.file.string()},
                           {"embeddings", info.embeddings},
                           {"files", info.files},
                           {"bytes", info.bytes},
                           {"limit", info.limit},
                           {"on_network", info.isOnNetwork}},
                          2) +
                     "\n");
    else
        output.write(renderFacts(
            {{"File", displayName(info.file)},
             {"Embeddings", grouped(info.embeddings)},
             {"Known files", grouped(info.files)},
             {"Size", formatBytes(info.bytes)},
             {"Limit", formatBytes(info.limit)},
             {"File system", info.isOnNetwork ? "a network's: shared with other computers, and slower" : "local"}}));
    output.finish();
    return kDone;
}

int runClear(const ClearOptions&) {
    const auto cache = openCache();
    const int64_t before = cache->info().embeddings;
    cache->clear();
    console().note(counted(before, "embedding") + " removed.");
    return kDone;
}

int runLimit(const LimitOptions& options) {
    const auto bytes = parseBytes(options.size);
    if (!bytes) throw UsageError("“" + options.size + "” is no size of at least 1 MB. Write 500MB, 2GB or 4GiB.");
    const auto cache = openCache();
    cache->setLimit(*bytes);
    const CacheInfo info = cache->info();
    console().note("The cache may take " + formatBytes(*bytes) + "; it takes " + formatBytes(info.bytes) + ".");
    if (info.limit != *bytes)
        console().note("Note: $DIAGONAL_EMBEDDING_CACHE_LIMIT goes before it: " + formatBytes(info.limit) + ".");
    return kDone;
}

}  // namespace

void addCache(CLI::App& app, Program& program) {
    CLI::App* command = app.add_subcommand("cache", "Show, clear or limit the cache of image embeddings.");
    command->require_subcommand(0, 1);

    auto infoOptions = std::make_shared<CacheInfoOptions>();
    CLI::App* info = command->add_subcommand("info", "Show where the cache lies, what it holds and may hold.");
    addFormat(info, infoOptions->format, {Format::Table, Format::Json});
    addQuiet(info);
    info->footer("  diagonal-cli cache info");
    runs(info, program, infoOptions, runCacheInfo);

    CLI::App* clear = command->add_subcommand("clear", "Remove all embeddings from the cache.");
    addQuiet(clear);
    clear->footer("  diagonal-cli cache clear");
    runs(clear, program, std::make_shared<ClearOptions>(), runClear);

    auto limitOptions = std::make_shared<LimitOptions>();
    CLI::App* limit = command->add_subcommand("limit",
                                              "Set how large the cache may grow (at first 2 GiB).\n\nPast "
                                              "that, what was used longest ago is removed.");
    limit->add_option("size", limitOptions->size, "500MB, 2GB, 4GiB, …")->required();
    addQuiet(limit);
    limit->footer("  diagonal-cli cache limit 4GiB");
    runs(limit, program, limitOptions, runLimit);

    command->footer(
        "  diagonal-cli cache info\n"
        "  diagonal-cli cache clear\n"
        "  diagonal-cli cache limit 4GiB");
}

}  // namespace diagonal::cli
