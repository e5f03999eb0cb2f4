// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/inference/encode_in_parts.h"
#include "engine/inference/in_float32.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;
using torch::Tensor;

/// What happens where a device has too little memory; the CPU stands in for it.
class TestMemoryLimits : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aBatchIsComputedInPartsThatFit() {
        int tries = 0;
        const auto encode = [&](int64_t first, int64_t count) {
            ++tries;
            if (count > 3) throw std::bad_alloc();
            return torch::arange(first, first + count);
        };
        int64_t largest = kWholeBatch;
        QVERIFY(torch::equal(encodeInParts(20, largest, encode), torch::arange(20)));
        QCOMPARE(largest, int64_t{2});
        tries = 0;
        QVERIFY(torch::equal(encodeInParts(20, largest, encode), torch::arange(20)));
        QCOMPARE(tries, 10);  // what did not fit is not tried again
    }

    void whatDoesNotFitAtAllIsSaid() {
        int64_t largest = kWholeBatch;
        QVERIFY(errorOf([&] {
                    encodeInParts(4, largest, [](int64_t, int64_t) -> Tensor { throw std::bad_alloc(); });
                }).find("single item") != std::string::npos);
        largest = kWholeBatch;
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, encodeInParts(4, largest, [](int64_t, int64_t) -> Tensor {
                                     throw std::runtime_error("another");
                                 }));
    }

    void weightsGoBackAsTheyWere() {
        torch::nn::Module module;
        module.register_parameter("weight", torch::randn({4, 3}));
        module.register_parameter("bias", torch::randn({3}));
        module.register_buffer("steps", torch::arange(3));
        module.to(torch::kBFloat16);
        Tensor mean = module.register_buffer("mean", torch::ones({3}));  // float32 already
        std::vector<const void*> places;
        std::vector<Tensor> values;
        for (const Tensor& weight : module.parameters()) {
            places.push_back(weight.const_data_ptr());
            values.push_back(weight.detach().clone());
        }
        {
            const InFloat32 guard(module);
            for (size_t i = 0; i < places.size(); ++i) {
                QVERIFY(module.parameters()[i].scalar_type() == torch::kFloat);
                QVERIFY(torch::equal(module.parameters()[i], values[i].to(torch::kFloat)));
            }
        }
        for (size_t i = 0; i < places.size(); ++i) {
            QCOMPARE(module.parameters()[i].const_data_ptr(), places[i]);
            QVERIFY(module.parameters()[i].scalar_type() == torch::kBFloat16);
        }
        QVERIFY(mean.scalar_type() == torch::kFloat);
    }
};

DIAGONAL_TEST(TestMemoryLimits);
#include "test_memory_limits.moc"
