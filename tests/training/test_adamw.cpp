// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/state_dict.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "training/losses/loss.h"
#include "training/optimizers/gradients.h"
#include "training/optimizers/schedule.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;

namespace {

std::map<std::string, torch::Tensor> golden() {
    return readStateDict({paths::source("tests/parity/data/training_golden.safetensors")}).tensors;
}

/// What open_clip's CLIP calls a tensor of ours.
std::string theirs(const std::string& name) {
    return name.starts_with("text.") ? name.substr(5) : name;
}

/// The model of make_training_golden.py with its weights before training.
std::shared_ptr<DualEncoder> goldenModel(const std::map<std::string, torch::Tensor>& file) {
    ClipConfig config;
    config.embedDim = 16;
    config.imageSize = 16;
    config.vision = VitConfig{.layers = 2, .width = 16, .headWidth = 8, .mlpRatio = 4.0, .patchSize = 8};
    config.text = {.contextLength = 12, .vocabularySize = 40, .width = 16, .heads = 2, .layers = 2, .mlpRatio = 4.0};
    auto model = std::make_shared<DualEncoder>(config);
    const torch::NoGradGuard noGrad;
    for (auto& item : model->named_parameters())
        item.value().copy_(file.at("before/" + theirs(item.key())));
    return model;
}

TrainBatch batchOf(const std::map<std::string, torch::Tensor>& file) {
    return {file.at("pixels"), file.at("ids"), file.at("ends") + 1};
}

double largest(const torch::Tensor& tensor) {
    return tensor.abs().max().item<double>();
}

NamedParameters parametersOf(std::initializer_list<std::pair<const char*, torch::Tensor>> list) {
    NamedParameters parameters;
    for (const auto& [name, value] : list)
        parameters.emplace_back(name, value.detach().set_requires_grad(true));
    return parameters;
}

}  // namespace

class TestAdamw : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void lossAndGradientsAgreeWithPyTorch() {
        const auto file = golden();
        const auto model = goldenModel(file);
        const TrainStepOptions options;
        const auto images = ImageNormalizer(torch::kCPU, options.mean, options.std)(file.at("pixels"));
        const auto image = model->encodeImage(images), text = model->encodeText(file.at("ids"), file.at("ends") + 1);
        QVERIFY(largest(image - file.at("image_features")) < 1e-5);
        QVERIFY(largest(text - file.at("text_features")) < 1e-5);
        const auto terms = (*makeLoss("contrastive"))({image, text, model->logitScale()});
        const auto agrees = [](const torch::Tensor& mine, const torch::Tensor& theirs) {
            return std::abs(mine.item<double>() / theirs.item<double>() - 1) < 1e-6;
        };
        QVERIFY(agrees(terms.total, file.at("losses")[0]));
        QVERIFY(agrees(terms.imageToText, file.at("loss_image")));
        QVERIFY(agrees(terms.textToImage, file.at("loss_text")));

        terms.total.backward();
        for (const auto& item : model->named_parameters()) {
            const auto& expected = file.at("gradient/" + theirs(item.key()));
            const double difference = largest(item.value().grad() - expected);
            QVERIFY2(difference <= 1e-5 * std::max(largest(expected), 0.1), item.key().c_str());
        }
    }

    void tenStepsAgreeWithPyTorch() {
        const auto file = golden();
        const auto model = goldenModel(file);
        TrainStep step(model, {});
        // The script pads to the context length; here texts end at the longest end-of-text.
        const auto ids = file.at("ids").narrow(1, 0, 9);
        const Schedule schedule{2e-3, 3, 10};
        for (int64_t i = 0; i < 10; ++i) {
            const auto values = step.run({file.at("pixels"), ids, file.at("ends") + 1}, schedule.at(i));
            QVERIFY(values.outcome == StepOutcome::Updated);
            QVERIFY(std::abs(values.loss / file.at("losses")[i].item<double>() - 1) < 1e-5);
            QVERIFY(std::abs(values.gradientNorm / file.at("norms")[i].item<double>() - 1) < 1e-4);
            QVERIFY(std::abs(model->logitScale().item<double>() - file.at("log_scales")[i].item<double>()) < 1e-6);
        }
        for (const auto& item : model->named_parameters()) {
            const double difference = largest(item.value() - file.at("after/" + theirs(item.key())));
            // Attention's key biases have no gradient but rounding noise, which Adam scales up.
            QVERIFY2(difference < (item.key().ends_with("in_proj_bias") ? 2e-5 : 2e-6),
                     qPrintable(QString("%1: %2").arg(item.key().c_str()).arg(difference)));
        }
    }

    void theLogitScaleStaysBetweenOneAndAHundred() {
        const auto file = golden();
        const auto model = goldenModel(file);
        TrainStep step(model, {});
        for (const auto& [start, limit] : {std::pair{5.0, std::log(100.0)}, std::pair{-1.0, 0.0}}) {
            {
                const torch::NoGradGuard noGrad;
                model->logitScale().fill_(start);
            }
            step.run(batchOf(file), 1e-4);
            QVERIFY(std::abs(model->logitScale().item<double>() - limit) < 1e-6);
        }
    }

    void aStepThatIsNotFiniteChangesNoParameter() {
        const auto file = golden();
        const auto model = goldenModel(file);
        TrainStep step(model, {});
        {
            const torch::NoGradGuard noGrad;
            model->logitScale().fill_(NAN);
        }
        const auto before = model->named_parameters()["text.text_projection"].clone();
        QVERIFY(step.run(batchOf(file), 1e-2).outcome == StepOutcome::NotFinite);
        QVERIFY(torch::equal(before, model->named_parameters()["text.text_projection"]));
    }

    void decaysWhatOpenClipDecays() {
        const auto matrix = torch::zeros({2, 2}), vector = torch::zeros({2}), scalar = torch::zeros({});
        QVERIFY(isDecayed("visual.conv1.weight", matrix));
        QVERIFY(isDecayed("text.positional_embedding", matrix));
        QVERIFY(!isDecayed("visual.bn1.weight", matrix));
        QVERIFY(!isDecayed("text.transformer.resblocks.0.ln_1.weight", vector));
        QVERIFY(!isDecayed("text.transformer.resblocks.0.mlp.c_fc.bias", vector));
        QVERIFY(!isDecayed("visual.class_embedding", vector));
        QVERIFY(!isDecayed("logit_scale", scalar));
    }

    /// Weights whose memory is not row-major (channels-last convolutions) take the same steps.
    void memoryLayoutDoesNotMatter() {
        torch::manual_seed(3);
        const auto start = torch::randn({4, 3, 3, 3}), slope = torch::randn({4, 3, 3, 3});
        auto plain = parametersOf({{"weight", start.clone()}});
        auto last = parametersOf({{"weight", start.clone().contiguous(at::MemoryFormat::ChannelsLast)}});
        AdamW a(plain, {}), b(last, {});
        for (int i = 0; i < 3; ++i) {
            plain[0].second.mutable_grad() = slope.clone();
            last[0].second.mutable_grad() = slope.clone();
            a.step(1e-2);
            b.step(1e-2);
        }
        QVERIFY(largest(plain[0].second - last[0].second) < 1e-7);
    }

    void goesOnFromASavedState() {
        torch::manual_seed(4);
        const auto start = torch::randn({5, 4});
        auto one = parametersOf({{"weight", start.clone()}, {"bias", torch::ones({4})}});
        AdamW whole(one, {});
        const auto advance = [](NamedParameters& parameters, AdamW& optimizer, int i) {
            for (auto& [name, value] : parameters)
                value.mutable_grad() = value.detach() * (i + 1);
            optimizer.step(1e-2);
        };
        advance(one, whole, 0);
        auto two = parametersOf({{"weight", one[0].second.clone()}, {"bias", one[1].second.clone()}});
        AdamW resumed(two, {});
        std::map<std::string, torch::Tensor> state;
        for (const auto& [name, value] : whole.state())
            state[name] = value.clone();
        resumed.load(state, "optimizer.safetensors");
        for (int i = 1; i < 4; ++i) {
            advance(one, whole, i);
            advance(two, resumed, i);
        }
        for (size_t i = 0; i < one.size(); ++i)
            QVERIFY(torch::equal(one[i].second, two[i].second));

        state.erase("exp_avg/bias");
        QVERIFY_THROWS_EXCEPTION(Error, resumed.load(state, "optimizer.safetensors"));
        state["exp_avg/bias"] = torch::zeros({3});
        QVERIFY_THROWS_EXCEPTION(Error, resumed.load(state, "optimizer.safetensors"));
    }

    void clippingScalesTheJointNorm() {
        auto parameters = parametersOf({{"a", torch::zeros({3})}, {"b", torch::zeros({4})}});
        AdamW optimizer(parameters, {});
        const auto fill = [&] {
            parameters[0].second.mutable_grad() = torch::full({3}, 2.0F);
            parameters[1].second.mutable_grad() = torch::full({4}, 1.0F);
        };
        fill();
        QVERIFY(std::abs(clipGradients(optimizer.gradients(), 0).item<double>() - 4) < 1e-6);
        QCOMPARE(parameters[0].second.grad()[0].item<float>(), 2.0F);
        QVERIFY(std::abs(clipGradients(optimizer.gradients(), 1).item<double>() - 4) < 1e-6);
        QVERIFY(std::abs(parameters[0].second.grad()[0].item<double>() - 0.5) < 1e-6);
        fill();
        clipGradients(optimizer.gradients(), 100);
        QCOMPARE(parameters[0].second.grad()[0].item<float>(), 2.0F);
    }
};

DIAGONAL_TEST(TestAdamw);
#include "test_adamw.moc"
