// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/parts/rotation.h"
#include "engine/parts/tensor_rules.h"
#include "engine/parts/transformer.h"

namespace diagonal {

class ImageTower;
class Scope;
class Shapes;

/// The numbers of a vision transformer. open_clip's, SigLIP's and those of timm are choices of these.
struct Vit {
    enum class Pool {
        Token,    ///< the class token's output
        Average,  ///< the mean of the patches'
        Map,      ///< a learned query attends to all tokens (SigLIP)
        Queries,  ///< several do, the first one is the feature (CoCa)
    };
    enum class Projection {
        None,
        Matrix,  ///< "proj" [width, embed_dim]: open_clip's own
        Linear,  ///< "projection", a layer with a bias: the classifier of timm's towers
    };

    TransformerConfig blocks;
    int patchSize = 16;
    bool stem = false;  ///< patches come of three convolutions with strides 4, 2 and 2 (MobileCLIP), else of one
    bool patchBias = false;
    bool classToken = true;
    bool classPosition = true;  ///< the class token has a place in the positions
    bool normsFirst = true;     ///< a layer norm before the blocks, "ln_pre"
    bool normsPooled = false;   ///< the last layer norm follows the pooling, else it precedes it
    Pool pool = Pool::Token;
    int poolHeads = 0;    ///< of Pool::Map and Pool::Queries
    int poolQueries = 0;  ///< of Pool::Queries
    int poolHidden = 0;   ///< of Pool::Map: width of the hidden layer
    std::optional<RotaryGrid> rotary;
    Projection projection = Projection::None;

    bool operator==(const Vit&) const = default;
};

/// Of pictures with gridSize patches a side; out: the embedding's width, where the tower projects.
std::shared_ptr<ImageTower> makeVit(const Scope& scope, const Vit& vit, int64_t gridSize, int64_t out);

/// Multiplications and additions of one image.
int64_t vitFlops(const Vit& vit, int64_t gridSize, int64_t out);

/// What the shapes of a tower "visual." or "visual.trunk." tell. Heads are left at 1, epsilons, activation, rotary
/// positions and a pooling without tensors at their defaults.
Vit vitFromShapes(const Shapes& shapes, const std::string& tower);

/// The same without what no shape tells.
Vit shapesOnly(Vit vit);

}  // namespace diagonal
