// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "training/losses/names.h"
#include "training/optimizers/schedule.h"
#include "training/run/option_info.h"
#include "training/run/options.h"

namespace diagonal {

/// A resumed run may have another value.
inline OptionInfo changeable(OptionInfo info) {
    info.mayChange = true;
    return info;
}

/// The one list of options: calls visit(OptionInfo, field) for each. The command line, config.json, the checks and the
/// wizard follow it. Names follow open_clip's where it has one.
template <typename Options, typename Visit>
void visitOptions(Options& options, Visit&& visit) {
    constexpr double kMany = 1e9;

    const char* group = "Data";
    visit(
        changeable(
            {"train_data", group, "SPEC",
             "What to learn from: scenes: (generated; scenes:count=20000,seed=1), class folders, a CSV or TSV file, a "
             "folder with metadata.jsonl, Flickr8k, captions JSON of COCO or Karpathy, tar shards "
             "(name-{0000..0099}.tar), pack:FOLDER"}),
        options.trainData);
    visit(changeable({"val_data", group, "SPEC",
                      "What to validate on (default: the data's own validation split, else 5 % held back)"}),
          options.validationData);
    visit(changeable({.key = "image_key",
                      .group = group,
                      .value = "NAME",
                      .help = "table column of image paths, by name or number from 1 (default: guessed)",
                      .aliases = {"--csv-img-key"}}),
          options.imageKey);
    visit(changeable({.key = "caption_key",
                      .group = group,
                      .value = "NAME",
                      .help = "Table column (by name or number from 1) or JSON key of captions; several: "
                              "caption,alt_text, or with probabilities caption:0.7,alt_text:0.3 (default: guessed)",
                      .aliases = {"--csv-caption-key"}}),
          options.captionKey);
    visit({.key = "captions",
           .group = group,
           .value = "NAME",
           .help = "Of an image's captions an epoch shows one: turn (the next) or random (drawn anew)",
           .choices = {"turn", "random"}},
          options.captions);
    visit({"shuffle_buffer", group, "N",
           "Read the data in its order, and draw from a buffer of so many images: for disks that are slow to seek; 0: "
           "any "
           "order",
           0, 1 << 30},
          options.shuffleBuffer);
    visit(
        {"templates", group, "TEXT|SET",
         "Class folders: the captions of a class, a text with {} in it or the name of a set such as photos (default: a "
         "photo of a {}.)"},
        options.templates);
    visit(
        changeable({"workers", group, "N", "Threads that decode pictures; 0: two, on a GPU all cores but two", 0, 256}),
        options.workers);
    visit({"fast_decode", group, "", "Decode JPEGs at a half, quarter or eighth of their size where that is enough"},
          options.fastDecode);

    group = "Model";
    visit(
        {.key = "model",
         .group = group,
         .value = "ARCH|PATH",
         .help = "demo, tiny, small, ViT-B-32 or another architecture, a model_cfg JSON file; or a model to fine-tune: "
                 "a folder, a file with weights, or hf:owner/name",
         .aliases = {"-m"}},
        options.model);
    visit({"image_weights", group, "PATH",
           "Pretrained weights of a new model's image tower: a file, or a folder that holds one"},
          options.imageWeights);
    visit({"text_weights", group, "PATH", "Of its text tower; a folder of Hugging Face's brings the tokenizer too"},
          options.textWeights);
    visit({.key = "out", .group = "Run", .value = "RUN", .help = "The run folder to make", .aliases = {"-o"}},
          options.output);
    visit(
        {.key = "tokenizer",
         .group = group,
         .value = "NAME|PATH",
         .help = "Of a new model: captions (trained on them), clip (OpenAI's, 49,408 pieces), or a tokenizer's folder "
                 "or file; with --text-weights the one beside them"},
        options.tokenizer);
    visit({"vocabulary_size", group, "N", "Pieces of the tokenizer that is trained on the captions, at most", 16, 1e6},
          options.vocabularySize);
    visit({"lock_image", group, "",
           "Do not train the image tower (LiT): its knowledge stays, and steps are quicker; a head that was put behind "
           "a pretrained tower learns"},
          options.lockImage);
    visit({"image_views", group, "N",
           "With --lock-image: the tower's features of so many views of each picture (the whole one and augmented "
           "ones) are computed once, and each step draws from them: its head learns in minutes; 0: computed anew in "
           "each step",
           0, 1000},
          options.imageViews);
    visit({"lock_text", group, "", "Do not train the text tower, the same"}, options.lockText);
    visit({.key = "patch_dropout",
           .group = group,
           .value = "X",
           .help = "Share of an image's patches left out in each step (FLIP); ViT only",
           .low = 0,
           .high = 0.95,
           .aliases = {"--force-patch-dropout"}},
          options.patchDropout);
    visit({"stages", group, "LIST",
           "Picture sizes in the course of the run, SHARE:SIZE[:DROPOUT],…: share of the steps, pixels, patch dropout; "
           "0.75:112:0.5,0.25:224 learns from small pictures first, then at the full size"},
          options.stages);
    visit({"lora_rank", group, "R",
           "Fine-tune low-rank terms of this rank (LoRA), such as 8, in place of the weights; 0: the weights", 0, 4096},
          options.loraRank);
    visit({"lora_alpha", group, "X", "The terms count alpha / rank; 0: as --lora-rank, so that they count 1", 0, 1e6},
          options.loraAlpha);
    visit({.key = "lora_targets",
           .group = group,
           .value = "NAME",
           .help = "Matrices with such terms: attention, mlp or all",
           .choices = {"all", "attention", "mlp"}},
          options.loraTargets);

    group = "Objective";
    visit(
        {.key = "loss",
         .group = group,
         .value = "NAME",
         .help = "contrastive; soft (equal pictures or captions of a batch share the probability); mutual (so do those "
                 "that the model finds alike); sigmoid (SigLIP); fastclip (for batches that are small beside the data)",
         .choices = lossNames()},
        options.loss);
    visit({"label_smoothing", group, "X", "Probability shared among all captions of a batch", 0, 0.999},
          options.labelSmoothing);
    visit({"normalize", group, "",
           "The loss sees embeddings of unit length, else as the model makes them; search and labels always compare "
           "unit lengths (default: yes)"},
          options.normalize);
    visit({"target_temperature", group, "X",
           "mutual: of the similarities that make its targets; 0: 1 / --temperature, for --no-normalize", 0, 1000},
          options.targetTemperature);
    visit({"target_gradient", group, "",
           "mutual: the targets carry a gradient too, as in the tutorial that the loss is from"},
          options.targetGradient);
    visit({"temperature", group, "X", "At the start; 0: the model's own, of a new one 0.07 (sigmoid: 0.1)", 0, 100},
          options.temperature);
    visit({"min_temperature", group, "X", "A learned temperature is kept above it", 1e-4, 1}, options.minTemperature);
    visit({"fix_temperature", group, "", "Do not learn the temperature"}, options.fixTemperature);
    visit(
        {.key = "lr_tau",
         .group = group,
         .value = "X",
         .help = "Learning rate of the temperature, constant, a third of it from 0.03 down; 0: --lr, of fastclip 2e-4",
         .low = 0,
         .high = 10,
         .aliases = {"--lr_tau"}},
        options.temperatureLearningRate);
    visit({.key = "fastclip_gamma",
           .group = group,
           .value = "X",
           .help = "fastclip: share of the newest batch in a sample's moving estimate, at last",
           .low = 1e-6,
           .high = 1,
           .aliases = {"--gamma"}},
          options.fastClipGamma);
    visit({.key = "gamma_decay_epochs",
           .group = group,
           .value = "N",
           .help = "fastclip: passes over the data until then, from 1; 0: half of all",
           .low = 0,
           .high = kMany,
           .aliases = {"--gamma_decay_epochs"}},
          options.gammaDecayEpochs);
    visit({.key = "fastclip_rho",
           .group = group,
           .value = "X",
           .help = "fastclip: more makes the learned temperature lower",
           .low = 0,
           .high = 1000,
           .aliases = {"--rho"}},
          options.fastClipRho);
    visit({"distill_weight", group, "X",
           "Share of the loss that learns from the teachers of a pack (dataset pack --teacher); the rest is --loss", 0,
           1},
          options.distillWeight);
    visit({"distill_temperature", group, "X", "Of the teachers; 0: their own", 0, 100}, options.distillTemperature);

    group = "Optimizer";
    visit({"lr", group, "X", "Highest learning rate; 1e-6 to 1e-5 to fine-tune", 1e-12, 10}, options.learningRate);
    visit({"image_lr", group, "X", "Of the image tower; 0: --lr", 0, 10}, options.imageLearningRate);
    visit({"text_lr", group, "X", "Of the text tower; 0: --lr", 0, 10}, options.textLearningRate);
    visit({"head_lr", group, "X", "Of the projections behind both towers; 0: as their towers", 0, 10},
          options.headLearningRate);
    visit({"layer_decay", group, "X",
           "Each layer learns at so many times the rate of the one above it; 0.6 to 0.9 to fine-tune; 1: all alike",
           0.01, 1},
          options.layerDecay);
    visit({"image_layer_decay", group, "X", "Of the image tower; 0: --layer-decay", 0, 1}, options.imageLayerDecay);
    visit({"text_layer_decay", group, "X", "Of the text tower; 0: --layer-decay", 0, 1}, options.textLayerDecay);
    visit({.key = "lr_scheduler",
           .group = group,
           .value = "NAME",
           .help = "After the warm-up: cosine, linear (to 0), const, or plateau (lower when val/loss stops falling)",
           .choices = scheduleNames()},
          options.schedule);
    visit({"plateau_patience", group, "N", "plateau: so many validations in a row may be no better", 0, kMany},
          options.plateauPatience);
    visit({"plateau_factor", group, "X", "plateau: then the rate is so many times what it was", 1e-6, 0.999999},
          options.plateauFactor);
    visit({"warmup", group, "STEPS", "Steps until the highest learning rate", 0, kMany}, options.warmup);
    visit({"wd", group, "X", "Weight decay of AdamW; not on biases, gains and the logit scale", 0, 10},
          options.weightDecay);
    visit({"beta1", group, "X", "AdamW's first beta", 0, 0.999999}, options.beta1);
    visit({"beta2", group, "X", "AdamW's second beta", 0, 0.999999}, options.beta2);
    visit({"eps", group, "X", "AdamW's epsilon", 1e-16, 1}, options.epsilon);
    visit({.key = "grad_clip",
           .group = group,
           .value = "X",
           .help = "Largest norm of the gradient; 0: any",
           .aliases = {"--grad-clip-norm"}},
          options.gradientClip);
    visit({"spike_factor", group, "X", "Leave a batch out whose gradient is so many times the usual norm; 0: never"},
          options.spikeFactor);
    visit({"ema_decay", group, "X", "Keep a moving average of the weights, which becomes the model; 0: none", 0,
           0.999999},
          options.emaDecay);

    group = "How long";
    visit(changeable({"epochs", group, "N", "Passes over the data; 0: --steps decides", 0, kMany}), options.epochs);
    visit(changeable({"steps", group, "N", "Optimizer steps; 0: --epochs decides", 0, kMany}), options.steps);
    visit({"batch_size", group, "N", "Image-caption pairs in a step", 2, 1 << 20}, options.batchSize);

    group = "Augmentation";
    visit({"augment", group, "", "All of these, on photographs; scenes vary by themselves (default: yes)"},
          options.augment);
    visit({"crop_scale", group, "X", "Smallest random crop as a share of the picture; 1: no crops", 0.01, 1},
          options.cropScale);
    visit({"flip", group, "X", "Probability of a mirror image; never where the caption says left or right", 0, 1},
          options.flip);
    visit({"color_jitter", group, "X", "Strength of random brightness, contrast and saturation; hue a quarter of it", 0,
           1},
          options.colorJitter);
    visit({"grayscale", group, "X", "Probability of a picture without colour", 0, 1}, options.grayscale);
    visit({"blur", group, "X", "Probability of a blurred picture", 0, 1}, options.blur);
    visit({.key = "auto_augment",
           .group = group,
           .value = "NAME",
           .help = "none, trivial (TrivialAugmentWide) or rand (RandAugment)",
           .choices = {"none", "trivial", "rand"}},
          options.autoAugment);

    group = "Checkpoints and validation";
    visit(changeable({"save_every", group, "STEPS", "Steps between checkpoints", 1, kMany}), options.saveEvery);
    visit(changeable({"save_frequency", group, "EPOCHS", "The same in passes over the data; 0: --save-every decides", 0,
                      kMany}),
          options.saveFrequency);
    visit(changeable({"keep_checkpoints", group, "N", "Newest checkpoints to keep", 1, 1e6}), options.keepCheckpoints);
    visit(changeable({.key = "validate_every",
                      .group = group,
                      .value = "STEPS",
                      .help = "Steps between validations",
                      .low = 1,
                      .high = kMany,
                      .aliases = {"--val-every"}}),
          options.validateEvery);
    visit(changeable({"val_frequency", group, "EPOCHS", "The same in passes over the data; 0: --validate-every decides",
                      0, kMany}),
          options.valFrequency);
    visit(
        changeable({"val_probe", group, "",
                    "Also fit a linear probe at each validation, where its pictures have labels: up to some seconds"}),
        options.valProbe);
    visit({.key = "keep_best",
           .group = group,
           .value = "METRIC",
           .help =
               "Keep the best checkpoint too, and make it the model: val/loss, val/text_to_image_R@1 and other keys of "
               "metrics.jsonl (default: the newest is the model)",
           .choices = bestMetrics()},
          options.keepBest);

    group = "Computing";
    visit(changeable({"device", group, "NAME", "auto, cpu, cuda or cuda:N; auto is a GPU where one works"}),
          options.device);
    visit({.key = "precision",
           .group = group,
           .value = "NAME",
           .help = "auto (bf16 on a GPU, fp32 on a CPU), fp32, bf16 or fp16",
           .choices = {"auto", "fp32", "bf16", "fp16"}},
          options.precision);
    visit({"micro_batch", group, "N",
           "Pairs in memory at a time; the gradient is that of the whole batch; 0: all at once", 0, 1 << 20},
          options.microBatch);
    visit(changeable(
              {"grad_checkpointing", group, "",
               "Compute each block's activations again in the backward pass: less memory, up to half more time, the "
               "same gradient"}),
          options.gradCheckpointing);
    visit({.key = "adam_states",
           .group = group,
           .value = "NAME",
           .help = "How AdamW's moments are stored: fp32, or bf16, stochastically rounded",
           .choices = {"fp32", "bf16"}},
          options.adamStates);
    visit({.key = "text_storage",
           .group = group,
           .value = "NAME",
           .help = "How the text tower's matrices are stored: fp32, or bf16, stochastically rounded",
           .choices = {"fp32", "bf16"}},
          options.textStorage);
    visit(changeable({"threads", group, "N", "Threads to compute with; 0: one a core", 0, 1024}), options.threads);
    visit({"seed", group, "N", "Of everything random; equal seeds, equal runs"}, options.seed);
}

}  // namespace diagonal
