// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <algorithm>
#include <numeric>

#include "engine/evaluation/model_score.h"
#include "tests/flickr8k.h"
#include "tests/photo_model.h"
#include "tests/registry.h"
#include "training/data/captioned_dataset.h"

using namespace diagonal;

/// The model that scripts/make-photo-model makes, on photographs it has not seen.
class TestPhotoModel : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        std::error_code ignored;
        if (!std::filesystem::is_directory(photoModel(), ignored)) QSKIP("no photo model here (DIAGONAL_PHOTO_MODEL)");
        if (!std::filesystem::is_directory(flickr8k(), ignored)) QSKIP("no photographs here (DIAGONAL_FLICKR8K)");
        DatasetOptions options;
        options.split = Split::Test;
        m_photographs = captionedPictures(openDataset("flickr8k:" + flickr8k().string(), options), 200);
        m_session = Session::open(photoModel().string(), kCpu);
    }

    /// Of 200 photographs most are among the first ten for each of their captions.
    void findsPhotographsByTheirCaptions() {
        const ModelScore score = scoreModel(photoModel().string(), kCpu, m_photographs);
        QCOMPARE(score.pictures, size_t(200));
        QVERIFY2(score.recall.textToImage.at10 > 0.8, qPrintable(QString::number(score.recall.textToImage.at10)));
        QVERIFY2(score.recall.imageToText.at10 > 0.8, qPrintable(QString::number(score.recall.imageToText.at10)));
    }

    /// Photographs all of whose captions speak of a dog, and those of whose none does.
    void tellsDogsFromOthers() {
        std::vector<size_t> dogs(m_photographs.size()), captions(m_photographs.size());
        for (size_t i = 0; i < m_photographs.captions.size(); ++i) {
            const auto picture = static_cast<size_t>(m_photographs.pictureOfCaption[i]);
            ++captions[picture];
            if (m_photographs.captions[i].find("dog") != std::string::npos) ++dogs[picture];
        }
        std::vector<std::filesystem::path> files;
        std::vector<bool> isDog;
        for (size_t i = 0; i < dogs.size(); ++i)
            if (dogs[i] == 0 || dogs[i] == captions[i]) {
                files.push_back(m_photographs.files[i]);
                isDog.push_back(dogs[i] > 0);
            }
        const std::vector<std::string> labels = {"a dog", "a man", "a woman", "a child"};
        const Embeddings texts = m_session->embedTexts(labels);
        size_t right = 0;
        m_session->embedImages(files, true, [&](const std::vector<ImageEmbedding>& batch) {
            for (const ImageEmbedding& image : batch) {
                const auto cosine = [&](int64_t label) {
                    return std::inner_product(image.values.begin(), image.values.end(), texts.row(label).begin(), 0.0F);
                };
                const bool saysDog = cosine(0) > std::max({cosine(1), cosine(2), cosine(3)});
                right += saysDog == isDog[image.index] ? 1 : 0;
            }
        });
        QVERIFY2(right >= files.size() * 9 / 10, qPrintable(QString("%1 of %2").arg(right).arg(files.size())));
    }

  private:
    const SessionOptions kCpu = {.device = "cpu"};  // the tests beside it have a device of their own
    CaptionedPictures m_photographs;
    std::shared_ptr<Session> m_session;
};

DIAGONAL_TEST(TestPhotoModel);
#include "test_photo_model.moc"
