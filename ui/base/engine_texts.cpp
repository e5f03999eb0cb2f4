// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/engine_texts.h"

#include <QCoreApplication>
#include <QHash>
#include <QRegularExpression>
#include <vector>

namespace diagonal {

namespace {

constexpr const char* kContext = "diagonal::engine";

/// What people meet most: files, pictures, models, downloads, data, a run. The longer of two alike stands first.
constexpr const char* kSentences[] = {
    // Files.
    QT_TRANSLATE_NOOP("diagonal::engine", "there is no such file or folder"),
    QT_TRANSLATE_NOOP("diagonal::engine", "there is no such file"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the file is empty"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this is a folder, not a file"),
    QT_TRANSLATE_NOOP("diagonal::engine", "not a regular file"),
    QT_TRANSLATE_NOOP("diagonal::engine", "is not a folder"),
    QT_TRANSLATE_NOOP("diagonal::engine", "is no name of a folder or file"),
    QT_TRANSLATE_NOOP("diagonal::engine", "would leave out everything"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the file is larger than %1 bytes"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the folder cannot be read: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the folder cannot be made: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "cannot be written to: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "cannot be written: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "cannot be read: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "cannot be made: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "cannot be created: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "cannot be removed: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "cannot be put in place: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "cannot go back, another file is at %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Free some space and try again"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Free some space"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Choose another destination"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Choose a folder"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give another folder"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give a new or an empty folder"),
    QT_TRANSLATE_NOOP("diagonal::engine", "there is something in this folder already"),
    QT_TRANSLATE_NOOP("diagonal::engine", "another sort into this folder is under way"),
    QT_TRANSLATE_NOOP("diagonal::engine", "nothing was sorted into this folder"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give the file one of these endings"),
    QT_TRANSLATE_NOOP("diagonal::engine", "embeddings are written as .csv, .npy, .safetensors or .projector"),
    QT_TRANSLATE_NOOP("diagonal::engine", "not written: nothing of what was given has an embedding"),
    QT_TRANSLATE_NOOP("diagonal::engine", "a number is larger than fp16 can hold (65504)"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Write it in fp32"),
    QT_TRANSLATE_NOOP("diagonal::engine", "another program is writing it"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Wait for that, or choose another name"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Free some space and go on with what is there"),
    QT_TRANSLATE_NOOP("diagonal::engine", "no frame of the video can be decoded"),
    QT_TRANSLATE_NOOP("diagonal::engine", "not a video, or one that is damaged or of a kind that FFmpeg cannot read"),
    QT_TRANSLATE_NOOP("diagonal::engine", "has no record below its header"),
    QT_TRANSLATE_NOOP("diagonal::engine", "names no image in that column"),
    QT_TRANSLATE_NOOP("diagonal::engine", "there is no column “%1”"),
    QT_TRANSLATE_NOOP("diagonal::engine", "which of its columns is meant is not certain"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Its columns are %1; name one, or give its number from 1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "a matrix is written as .csv or .npy"),
    // Pictures.
    QT_TRANSLATE_NOOP("diagonal::engine", "not enough memory for an image of %1 x %2 pixels"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the image is too large (%1 x %2 pixels; at most %3 million are read)"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Scale it down"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Convert it to JPEG or PNG"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the %1 data is damaged or truncated"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the %1 data is damaged (%2)"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the %1 data is damaged"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the %1 header is damaged (%2)"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 images of this kind cannot be read"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this build of Diagonal cannot read %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "none of the %1 pictures could be read"),
    // Models.
    QT_TRANSLATE_NOOP("diagonal::engine", "there is no such model"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Open another model"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The download or copy failed: get the file again"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The file is cut or damaged: get it again"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The file is damaged: get it again"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Get the file again"),
    QT_TRANSLATE_NOOP("diagonal::engine",
                      "the file begins with zeros alone: a download that reserved its space and did not finish"),
    QT_TRANSLATE_NOOP("diagonal::engine",
                      "this is a web page, not a model: the website answered the download with an error or a login"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Open the address in a browser and download the file there"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this is a text file, not a model: it begins with %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this is a JSON file, not a model"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this is a model in the ONNX format"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Get the PyTorch file that it was made of"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this is a model of Keras"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Get the model as safetensors or PyTorch file"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this is a tar archive"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Unpack it first (tar xf) and open the model in it"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this is a zip archive with other files in it"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Unpack it first and open the model in it"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this is no checkpoint that Diagonal knows"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the file ends within its header"),
    QT_TRANSLATE_NOOP("diagonal::engine", "tensor %1 is missing: not a whole CLIP model"),
    QT_TRANSLATE_NOOP("diagonal::engine", "has an image tower of a kind that is not known here"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the GPU's memory does not hold a relevance map"),
    QT_TRANSLATE_NOOP("diagonal::engine", "is not on this computer"),
    QT_TRANSLATE_NOOP("diagonal::engine", "no model has this name"),
    // Downloads.
    QT_TRANSLATE_NOOP("diagonal::engine", "no connection to %1: %2"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the connection to %1 is not safe: %2"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the connection to %1 broke: %2"),
    QT_TRANSLATE_NOOP("diagonal::engine", "needs %1, and the disk of %2 has %3 left"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Try again later, or from another network"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Try again later"),
    // Data and runs.
    QT_TRANSLATE_NOOP("diagonal::engine", "no data was given"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this is no data set of a kind that can be read"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Data can be %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "it holds no images with captions"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Each image needs a caption"),
    QT_TRANSLATE_NOOP("diagonal::engine", "there are no folders with images in it"),
    QT_TRANSLATE_NOOP("diagonal::engine", "no image can be read; the first failure: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "is no run folder: it has no config.json"),
    QT_TRANSLATE_NOOP("diagonal::engine", "was written by a newer Diagonal"),
    QT_TRANSLATE_NOOP("diagonal::engine", "is damaged"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Remove this checkpoint's folder to resume from the one before."),
    QT_TRANSLATE_NOOP("diagonal::engine", "Resume from another checkpoint."),
    QT_TRANSLATE_NOOP("diagonal::engine", "Class folders"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Scenes"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Pack"),
    // What models say of themselves.
    QT_TRANSLATE_NOOP("diagonal::engine", "Demo model"),
    QT_TRANSLATE_NOOP("diagonal::engine", "coloured shapes"),
    QT_TRANSLATE_NOOP("diagonal::engine", "scalar"),
    QT_TRANSLATE_NOOP("diagonal::engine", "resized to %1 whatever the shape, %2"),
    QT_TRANSLATE_NOOP("diagonal::engine", "longer side to %1, %2, padded"),
    QT_TRANSLATE_NOOP("diagonal::engine", "shorter side to %1, %2, centre crop of %3"),
    QT_TRANSLATE_NOOP("diagonal::engine", "shorter side to %1, %2, centre crop"),
    // The catalogue.
    QT_TRANSLATE_NOOP("diagonal::engine", "Labels; for search take LAION's B/32"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Finer detail, a quarter as fast as ViT-B/32"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Labels; behind LAION's B/32 in photo search"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Small things, writing; not for photo search"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Smallest download; less accurate than ViT-B/32"),
    QT_TRANSLATE_NOOP("diagonal::engine", "A deeper ResNet, about as accurate as ViT-B/32"),
    QT_TRANSLATE_NOOP("diagonal::engine", "A wider ResNet, on pictures of 288 pixels"),
    QT_TRANSLATE_NOOP("diagonal::engine", "A large ResNet, on pictures of 384 pixels"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The largest ResNet, 448 pixels; slow"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Photo search, any computer; beats ViT-L/14"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The size of ViT-L/14; open data"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Large and accurate; for a GPU"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Larger, trained for a shorter time; for a GPU"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Largest and most accurate; a GPU with much memory"),
    QT_TRANSLATE_NOOP("diagonal::engine", "ViT-B/32 in Hugging Face's form"),
    QT_TRANSLATE_NOOP("diagonal::engine", "ViT-L/14 in Hugging Face's form"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Judges each label by itself: none or several may fit"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Photo search; the best without a GPU"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Photo search; near SigLIP 2 B/16, quicker"),
    QT_TRANSLATE_NOOP("diagonal::engine", "A large SigLIP 2, 384 pixels; for a GPU"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Photo search in many languages; for a GPU"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Photo search in English; slow, for a GPU"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The size of ViT-L/14; filtered data"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Photo search in Chinese and others; quick"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The world's texts; not for commercial use"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Accurate labels for its time"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Accurate labels, 336 pixels; for a GPU"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The size of ViT-B/16; open data"),
    QT_TRANSLATE_NOOP("diagonal::engine", "336 pixels, open data; for a GPU"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The size of ViT-B/16; learned from larger"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The size of ViT-L/14; learned from larger"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The size of ViT-L/14; accurate labels"),
    // Evaluations.
    QT_TRANSLATE_NOOP("diagonal::engine", "zero-shot"),
    QT_TRANSLATE_NOOP("diagonal::engine", "retrieval"),
    QT_TRANSLATE_NOOP("diagonal::engine", "linear-probe"),
    QT_TRANSLATE_NOOP("diagonal::engine", "few-shot"),
    QT_TRANSLATE_NOOP("diagonal::engine", "knn"),
    QT_TRANSLATE_NOOP("diagonal::engine", "word-order"),
    QT_TRANSLATE_NOOP("diagonal::engine", "templates"),
    QT_TRANSLATE_NOOP("diagonal::engine", "robustness"),
    QT_TRANSLATE_NOOP("diagonal::engine", "texts"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Zero-shot"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Top-1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Top-5"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Per class"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Worst class"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Macro F1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Calibration"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Text to image"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Image to text"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Median rank"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Linear probe"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Few-shot"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Nearest neighbours"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Word order"),
    QT_TRANSLATE_NOOP("diagonal::engine", "All"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Nouns"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Adjectives"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Templates"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Chosen, top-1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Robustness"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 shots"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 shot"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the training split"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the validation split"),
    QT_TRANSLATE_NOOP("diagonal::engine", "those evaluated: half of each class, the rest measure it"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The data has no test pictures: those of its validation split are evaluated"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The data has no test pictures: those of its training split are evaluated"),
    QT_TRANSLATE_NOOP("diagonal::engine", "“%1” and “%2” are both called “%3”: their prompts cannot be told apart"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 picture of the test split of %2 is not learnt from"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 pictures of the test split of %2 are not learnt from"),
    QT_TRANSLATE_NOOP("diagonal::engine", "all of its pictures are its test split, which is not learnt from"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give pictures of a training split"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 picture is evaluated as well and not learnt from"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 pictures are evaluated as well and not learnt from"),
    QT_TRANSLATE_NOOP("diagonal::engine", "all pictures to learn from are evaluated as well"),
    QT_TRANSLATE_NOOP("diagonal::engine",
                      // NOLINTNEXTLINE(bugprone-suspicious-missing-comma)
                      "Give other pictures to learn from, or none: then a part of those evaluated is drawn for that"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its picture could not be read"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Of the prompt sets the first is taken: “%1”"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 picture could not be read again"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its pictures have no labels"),
    QT_TRANSLATE_NOOP(
        "diagonal::engine",
        "Give class folders or a table with a label column; of captions retrieval and word-order can be evaluated"),
    QT_TRANSLATE_NOOP("diagonal::engine", "all pictures are of one class, “%1”"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give pictures of two classes or more"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its pictures have no captions"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give data with captions, or leave these tasks out"),
    QT_TRANSLATE_NOOP("diagonal::engine", "none of its pictures is of a class of %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Classes go by their names: give data with the same ones"),
    QT_TRANSLATE_NOOP("diagonal::engine",
                      // NOLINTNEXTLINE(bugprone-suspicious-missing-comma)
                      "The data names no training pictures: of each class two fifths, drawn by a hash of their names, "
                      "are evaluated, and the others are learnt from"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 classes of %2 are none of %3 and are left out, such as “%4”"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 class of %2 is none of %3 and is left out: “%4”"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Classes without a picture to evaluate: %1, such as “%2”"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Its %1 different captions are taken for the labels"),
    QT_TRANSLATE_NOOP("diagonal::engine", "there is not enough memory for it"),
    QT_TRANSLATE_NOOP("diagonal::engine", "none of its %1 pictures could be read"),
    QT_TRANSLATE_NOOP("diagonal::engine", "no picture with a label is left to evaluate"),
    QT_TRANSLATE_NOOP("diagonal::engine", "no labelled picture is left to learn from"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give data with training pictures, or leave this task out"),
    QT_TRANSLATE_NOOP("diagonal::engine", "all pictures to learn from are of one class"),
    QT_TRANSLATE_NOOP("diagonal::engine", "is one template, and nothing is to be chosen"),
    QT_TRANSLATE_NOOP("diagonal::engine", "there are too few pictures to choose and measure them on"),
    QT_TRANSLATE_NOOP("diagonal::engine", "no picture could be read"),
    QT_TRANSLATE_NOOP("diagonal::engine", "no picture has a caption"),
    QT_TRANSLATE_NOOP("diagonal::engine", "no caption has two nouns or two adjectives to exchange"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Word order is tried on English captions such as “a dog chases a cat”"),
    QT_TRANSLATE_NOOP("diagonal::engine",
                      "%1 class has no picture to learn from, so that none is given it; the first is “%2”"),
    QT_TRANSLATE_NOOP("diagonal::engine",
                      "%1 classes have no picture to learn from, so that none is given them; the first is “%2”"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 class has fewer than %2 pictures: all they have were used"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 classes have fewer than %2 pictures: all they have were used"),
    QT_TRANSLATE_NOOP("diagonal::engine", "There are %1 pictures to learn from: all of them are asked"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Too few classes have pictures to choose C on: it is 32"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The last fit was ended before it had converged"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 pictures could not be read again"),
    // Libraries, searches, videos, files of embeddings.
    QT_TRANSLATE_NOOP("diagonal::engine", "query"),
    QT_TRANSLATE_NOOP("diagonal::engine", "library"),
    QT_TRANSLATE_NOOP("diagonal::engine", "captions"),
    QT_TRANSLATE_NOOP("diagonal::engine", "search index"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Frames"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Shots"),
    QT_TRANSLATE_NOOP("diagonal::engine", "there is no library"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Begin one with “diagonal-cli index LIBRARY add PATH”"),
    QT_TRANSLATE_NOOP("diagonal::engine", "there is a library already"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Add to it, or choose another folder"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the folder is not empty"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Choose a new or an empty one"),
    QT_TRANSLATE_NOOP("diagonal::engine", "another program begins a library there"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Try again"),
    QT_TRANSLATE_NOOP("diagonal::engine", "it is damaged, or no library of Diagonal's"),
    QT_TRANSLATE_NOOP("diagonal::engine", "it is no library of Diagonal's"),
    QT_TRANSLATE_NOOP("diagonal::engine", "it was made by a later version of Diagonal"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Update this one"),
    QT_TRANSLATE_NOOP("diagonal::engine", "it is damaged: its settings make no sense"),
    QT_TRANSLATE_NOOP("diagonal::engine", "it is damaged: it names rows that are not there"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the library is damaged: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Restore it from a copy, or begin a new library"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Restore it from a copy, or begin a new library"),
    QT_TRANSLATE_NOOP("diagonal::engine", "it is cut short: rows that the library knows are missing"),
    QT_TRANSLATE_NOOP("diagonal::engine", "it is no file"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its list of what is left out is damaged: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Set it anew"),
    QT_TRANSLATE_NOOP("diagonal::engine", "cannot be written: the disk is full"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Make room and begin again: what was written before is kept"),
    QT_TRANSLATE_NOOP("diagonal::engine", "another program keeps it from being used"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this program has it open to write already"),
    QT_TRANSLATE_NOOP("diagonal::engine", "another program writes to it (process %1)"),
    QT_TRANSLATE_NOOP("diagonal::engine", "another program writes to it"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Wait until it is done, or stop it"),
    QT_TRANSLATE_NOOP("diagonal::engine",
                      "the library is no longer where it was opened: it was moved, deleted or replaced"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Open it again"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the library is open to be read only"),
    QT_TRANSLATE_NOOP("diagonal::engine", "is no name that a library can keep"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its embedding is not finite"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its embedding has another width"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its rows were imported: there is nothing to embed them from"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its rows were imported: nothing can be embedded beside them"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Begin another library"),
    QT_TRANSLATE_NOOP("diagonal::engine",
                      "its rows were made by another model (%1), and do not compare with this one's"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Open it with that model, or embed it again"),
    QT_TRANSLATE_NOOP("diagonal::engine", "equal to %1, which could not be read"),
    QT_TRANSLATE_NOOP("diagonal::engine", "there is not enough memory to decode it"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its subtitles “%1” were left out: %2"),
    QT_TRANSLATE_NOOP("diagonal::engine",
                      "its latest changes are in a log beside it, which cannot be read where nothing can be written"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Copy its folder to a disk that can be written, and open that"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its rows have %1 numbers, more than a library takes: %2"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give a file with a row for each picture"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its name has a zero byte, as no file's has"),
    QT_TRANSLATE_NOOP("diagonal::engine", "it cannot be read to its end, or changed meanwhile"),
    QT_TRANSLATE_NOOP("diagonal::engine", "reading it broke off before its end"),
    QT_TRANSLATE_NOOP("diagonal::engine", "it has more than 1 GB of rows"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give them several names"),
    QT_TRANSLATE_NOOP("diagonal::engine", "has rows of %1 numbers, the model gives others"),
    QT_TRANSLATE_NOOP("diagonal::engine", "has %1 numbers, rows of the library %2"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Open the model that made the library"),
    QT_TRANSLATE_NOOP("diagonal::engine", "no picture is marked as one to find more of"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Mark one"),
    QT_TRANSLATE_NOOP("diagonal::engine", "a weight is no number"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give a number such as 0.5"),
    QT_TRANSLATE_NOOP("diagonal::engine", "has an embedding that is no direction"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Search for something else"),
    QT_TRANSLATE_NOOP("diagonal::engine", "is empty"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give words or a picture to search for"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the weights of all its terms are 0"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give one of them another weight, such as 1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its terms cancel each other out"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Take one out, or change the weights"),
    QT_TRANSLATE_NOOP("diagonal::engine", "their embeddings have another width than the library's rows"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this build of Diagonal has no FAISS"),
    QT_TRANSLATE_NOOP("diagonal::engine", "FAISS does not load"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its FAISS is not that of this program"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its search index cannot be made: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Searches look at all rows until it can"),
    QT_TRANSLATE_NOOP("diagonal::engine", "cannot be searched: %1"),
    QT_TRANSLATE_NOOP("diagonal::engine",
                      "Remove neighbours.json from the library's folder: then all rows are looked at"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Run scripts/setup and build again"),
    QT_TRANSLATE_NOOP("diagonal::engine", "has too few rows for a search index"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Searches look at all of them"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the video's frame rate is not known"),
    QT_TRANSLATE_NOOP("diagonal::engine", "holds too many frames of the same name"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Choose an empty folder"),
    QT_TRANSLATE_NOOP("diagonal::engine", "there are no moments to list"),
    QT_TRANSLATE_NOOP("diagonal::engine", "%1 moments are more than such a list may hold"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Export 999 at most, or write CSV"),
    QT_TRANSLATE_NOOP("diagonal::engine", "a list of videos, not a video"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give the videos themselves"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Convert it to MP4 with H.264"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the video has no pictures"),
    QT_TRANSLATE_NOOP("diagonal::engine", "frames of %1 x %2 pixels are too large"),
    QT_TRANSLATE_NOOP("diagonal::engine", "this build of Diagonal has no reader of videos"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the reader of videos does not load"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the reader of videos is not that of this program"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Run scripts/setup, which installs OpenCV's videoio, and build again"),
    QT_TRANSLATE_NOOP("diagonal::engine", "embeddings are written as .csv, .npy or .safetensors"),
    QT_TRANSLATE_NOOP("diagonal::engine", "embeddings are read from .csv, .tsv, .npy or .safetensors"),
    QT_TRANSLATE_NOOP("diagonal::engine", "one of its things has more than 1 GB of rows"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Take fewer frames of videos"),
    QT_TRANSLATE_NOOP("diagonal::engine", "no column holds numbers"),
    QT_TRANSLATE_NOOP("diagonal::engine", "The columns e0, e1, … are looked for"),
    QT_TRANSLATE_NOOP("diagonal::engine", "is no NPY file"),
    QT_TRANSLATE_NOOP("diagonal::engine", "is cut off"),
    QT_TRANSLATE_NOOP("diagonal::engine", "holds numbers of the kind %1, not float16, float32 or float64"),
    QT_TRANSLATE_NOOP("diagonal::engine", "holds no rows: its shape is (%1)"),
    QT_TRANSLATE_NOOP("diagonal::engine", "has no tensor “embeddings”"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the tensor “%1” does not hold rows of numbers"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the file has no header"),
    QT_TRANSLATE_NOOP("diagonal::engine", "row %1 has more cells than the header"),
    QT_TRANSLATE_NOOP("diagonal::engine", "row %1 has a cell that is no number: “%2”"),
    QT_TRANSLATE_NOOP("diagonal::engine", "the names in its metadata are damaged"),
    QT_TRANSLATE_NOOP("diagonal::engine", "has %1 rows, but there are %2 names"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Give a list with one name a row"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its rows have %1 numbers, those of the model %2"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Name the model that made them"),
    QT_TRANSLATE_NOOP("diagonal::engine", "its row is no direction: NaN, infinite or all zero"),
    QT_TRANSLATE_NOOP("diagonal::engine", "holds no row that could be looked for"),
    QT_TRANSLATE_NOOP("diagonal::engine", "not written: the library has no rows"),
    QT_TRANSLATE_NOOP("diagonal::engine", "are written as jpg or png"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Choose one of them"),
    QT_TRANSLATE_NOOP("diagonal::engine", "are looked for with numbers that are out of range"),
    QT_TRANSLATE_NOOP("diagonal::engine", "Windows have 1 to 1,000 frames, levels go to 255, times to 86,400 seconds"),
};

struct Pattern {
    const char* sentence;
    QRegularExpression match;
};

/// Those with places.
const std::vector<Pattern>& patterns() {
    static const std::vector<Pattern> all = [] {
        std::vector<Pattern> made;
        for (const char* sentence : kSentences) {
            const QString text = QString::fromUtf8(sentence);
            if (!text.contains(QLatin1Char('%'))) continue;
            QString pattern;
            for (const QString& piece : text.split(QLatin1Char('%'))) {
                // Each piece but the first begins with the number of its place; places stand in order.
                pattern += pattern.isNull() ? QRegularExpression::escape(piece)
                                            : QStringLiteral("(.+)") + QRegularExpression::escape(piece.mid(1));
            }
            made.push_back({sentence, QRegularExpression(QRegularExpression::anchoredPattern(pattern))});
        }
        return made;
    }();
    return all;
}

const QHash<QString, const char*>& plainSentences() {
    static const QHash<QString, const char*> all = [] {
        QHash<QString, const char*> made;
        for (const char* sentence : kSentences)
            made.insert(QString::fromUtf8(sentence), sentence);
        return made;
    }();
    return all;
}

}  // namespace

QString engineText(const QString& sentence) {
    if (sentence.isEmpty()) return sentence;
    if (const char* plain = plainSentences().value(sentence)) return QCoreApplication::translate(kContext, plain);
    for (const Pattern& pattern : patterns()) {
        const QRegularExpressionMatch found = pattern.match.match(sentence);
        if (!found.hasMatch()) continue;
        QString text = QCoreApplication::translate(kContext, pattern.sentence);
        // All at once: what stands in one place may look like another place.
        for (int place = 1; place <= found.lastCapturedIndex(); ++place)
            text.replace(QStringLiteral("%%1").arg(place), QChar(0xE000 + place));
        for (int place = 1; place <= found.lastCapturedIndex(); ++place)
            text.replace(QChar(0xE000 + place), found.captured(place));
        return text;
    }
    return sentence;
}

QStringList engineSentences() {
    QStringList all;
    for (const char* sentence : kSentences)
        all.append(QString::fromUtf8(sentence));
    return all;
}

}  // namespace diagonal
