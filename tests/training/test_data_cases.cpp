// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "tests/registry.h"
#include "training/data/dataset.h"

using namespace diagonal;

/// The data sets of tests/parity/compare_data.py, whose paths stand in $DIAGONAL_DATA_CASES/specs.txt: what is read of
/// each goes into results.jsonl there, for that script to compare.
class TestDataCases : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void whatIsReadIsWritten() {
        const std::string folder = qgetenv("DIAGONAL_DATA_CASES").toStdString();
        if (folder.empty()) QSKIP("tests/parity/compare_data.py makes the data sets");
        std::ifstream specs(folder + "/specs.txt");
        std::ofstream results(folder + "/results.jsonl");
        for (std::string spec; std::getline(specs, spec);) {
            nlohmann::json result = {{"pairs", nlohmann::json::array()}};
            try {
                const auto data = openDataset(spec);
                for (size_t i = 0; i < data->size(); ++i)
                    for (size_t k = 0; k < data->captionCount(i); ++k)
                        result["pairs"].push_back({data->name(i), data->caption(i, k)});
                result["said"] = data->warnings();
            } catch (const Error& error) {
                result["refused"] = error.what();
            }
            results << result.dump() << '\n';
        }
    }
};

DIAGONAL_TEST(TestDataCases);
#include "test_data_cases.moc"
