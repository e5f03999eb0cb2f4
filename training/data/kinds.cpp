// SPDX-License-Identifier: Apache-2.0
#include "training/data/kinds.h"

#include "training/data/class_folders.h"
#include "training/data/coco.h"
#include "training/data/csv_dataset.h"
#include "training/data/flickr8k.h"
#include "training/data/image_folder.h"
#include "training/data/karpathy.h"
#include "training/data/pack_dataset.h"
#include "training/data/scenes.h"
#include "training/data/webdataset.h"

namespace diagonal {

const std::vector<DatasetKind>& datasetKinds() {
    // Asked in this order, so that the surest sign counts: Flickr8k's captions.txt is a CSV file too, a folder of any
    // kind may hold folders of images, and a tar file beside images may be what they came in.
    static const std::vector<DatasetKind> kKinds = {
        {"scenes:", "generated scenes (scenes:count=20000,seed=1)", [](const auto&) { return false; }, openScenes},
        {"pack:", "a pack (pack:FOLDER)", isPack, openPack},
        {"karpathy:", "a Karpathy split (karpathy:FILE.json)", isKarpathy, openKarpathy},
        {"flickr8k:", "a Flickr8k or Flickr30k folder (flickr8k:FOLDER)", isFlickr8k, openFlickr8k},
        {"flickr30k:", "", [](const auto&) { return false; }, openFlickr8k},
        {"coco:", "COCO captions (coco:FOLDER or FILE.json)", isCoco, openCoco},
        {"csv:", "a CSV or TSV file with columns for image and caption (csv:FILE)", isCsv, openCsv},
        {"imagefolder:", "an image folder with metadata.jsonl or .csv (imagefolder:FOLDER)", isImageFolder,
         openImageFolder},
        {"classes:", "a folder with a folder of images for each class (classes:FOLDER)", isClassFolders,
         openClassFolders},
        {"webdataset:", "WebDataset shards (webdataset:name-{0000..0099}.tar)", isWebDataset, openWebDataset},
    };
    return kKinds;
}

std::string datasetKindNames() {
    std::string names, last;
    for (const DatasetKind& kind : datasetKinds()) {
        if (kind.description.empty()) continue;
        if (!last.empty()) names += last + ", ";
        last = kind.description;
    }
    return names + "or " + last;
}

}  // namespace diagonal
