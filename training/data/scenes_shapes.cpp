// SPDX-License-Identifier: Apache-2.0
#include "training/data/scenes_shapes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace diagonal {

namespace {

/// Taylor series on -pi/2 … pi/2, error below 4e-6: the standard library's may differ between machines.
float sine(float x) {
    const float s = x * x;
    return x * (1.F + s * (-1.F / 6 + s * (1.F / 120 + s * (-1.F / 5040 + s * (1.F / 362880)))));
}

struct Point {
    float x, y;
};

// Each takes a point in units of the radius (y down) and gives the distance in the same units. Distances outside of
// corners are those of the edges' lines, which gives outlines sharp corners. Several follow Inigo Quilez,
// "2D distance functions".

float length(Point p) {
    return std::sqrt(p.x * p.x + p.y * p.y);
}

float circle(Point p, const ShapePlacement&) {
    return length(p) - 0.92F;
}

float square(Point p, const ShapePlacement&) {
    return std::max(std::abs(p.x), std::abs(p.y)) - 0.8F;
}

float triangle(Point p, const ShapePlacement& s) {
    const float half = 0.8F + 0.2F * s.detail;  // of the base, from apex (0, -0.95) to base y = 0.75
    const float y = s.alternative ? -p.y : p.y;
    const float side = (1.7F * std::abs(p.x) - half * (y + 0.95F)) / std::sqrt(1.7F * 1.7F + half * half);
    return std::max(side, y - 0.75F);
}

float star(Point p, const ShapePlacement& s) {
    // Folded into the wedge of 36 degrees between the upper tip (0, 1) and the notch right of it.
    Point q = {std::abs(p.x), -p.y};
    for (const Point mirror : {Point{0.80901699F, -0.58778525F}, Point{-0.80901699F, -0.58778525F}}) {
        const float across = std::max(mirror.x * q.x + mirror.y * q.y, 0.F);
        q = {q.x - 2 * across * mirror.x, q.y - 2 * across * mirror.y};
    }
    q.x = std::abs(q.x);
    const float inner = 0.38F + 0.12F * s.detail;
    const Point notch = {0.58778525F * inner, 0.80901699F * inner};
    const Point edge = {notch.x, notch.y - 1};  // from the tip to the notch; outside is on its right
    return (edge.x * (q.y - 1) - edge.y * q.x) / length(edge);
}

float hexagon(Point p, const ShapePlacement& s) {
    const float x = std::abs(s.alternative ? p.y : p.x), y = std::abs(s.alternative ? p.x : p.y);
    return std::max(y, 0.8660254F * x + 0.5F * y) - 0.82F;
}

float cross(Point p, const ShapePlacement& s) {
    const float x = std::abs(p.x), y = std::abs(p.y);
    const float arm = 0.22F + 0.16F * s.detail;
    return std::min(std::max(x - 0.92F, y - arm), std::max(x - arm, y - 0.92F));
}

float diamond(Point p, const ShapePlacement& s) {
    const float width = s.alternative ? 1.F : 0.58F + 0.3F * s.detail;
    return (std::abs(p.x) + width * std::abs(p.y) - width) / std::sqrt(1 + width * width);
}

float heart(Point p, const ShapePlacement&) {
    constexpr float kScale = 0.6F;
    const Point q = {std::abs(p.x) * kScale, 0.56F - p.y * kScale};
    if (q.x + q.y > 1) return (length({q.x - 0.25F, q.y - 0.75F}) - 0.35355339F) / kScale;
    const float along = 0.5F * std::max(q.x + q.y, 0.F);
    const float distance = std::min(length({q.x, q.y - 1}), length({q.x - along, q.y - along}));
    return (q.x > q.y ? distance : -distance) / kScale;
}

float ring(Point p, const ShapePlacement& s) {
    const float half = 0.09F + 0.1F * s.detail;
    return std::abs(length(p) - (0.95F - half)) - half;
}

template <float (*kDistance)(Point, const ShapePlacement&)>
void rowOf(const ShapePlacement& s, int row, int left, int count, float* out) {
    const float dy = static_cast<float>(row) + 0.5F - s.y;
    const float perX = 1 / (s.radius * s.stretchX), perY = 1 / (s.radius * s.stretchY);
    for (int i = 0; i < count; ++i) {
        const float dx = static_cast<float>(left + i) + 0.5F - s.x;
        const Point p = {(dx * s.cosine + dy * s.sine) * perX, (dy * s.cosine - dx * s.sine) * perY};
        out[i] = kDistance(p, s) * s.radius;
    }
}

struct Kind {
    void (*row)(const ShapePlacement&, int, int, int, float*);
    float largestTurn;  ///< either way, radians
    float alternative;  ///< how often
};

// In the order of sceneShapes().
constexpr std::array<Kind, 9> kKinds = {{
    {rowOf<circle>, 1.57F, 0},
    {rowOf<square>, 0.26F, 0},
    {rowOf<triangle>, 0.35F, 0.1F},
    {rowOf<star>, 0.31F, 0},
    {rowOf<hexagon>, 0.52F, 0.5F},
    {rowOf<cross>, 0.24F, 0},
    {rowOf<diamond>, 0.17F, 0.4F},
    {rowOf<heart>, 0.3F, 0},
    {rowOf<ring>, 1.57F, 0},
}};

}  // namespace

ShapePlacement drawPlacement(int shape, Random& random) {
    const Kind& kind = kKinds.at(static_cast<size_t>(shape));
    ShapePlacement placement;
    if (random.chance(0.6F)) {  // most drawings stand upright
        const float turn = random.between(-kind.largestTurn, kind.largestTurn);
        placement.sine = sine(turn);
        placement.cosine = sine(1.57079633F - std::abs(turn));
    }
    if (random.chance(0.4F)) {
        placement.stretchX = random.between(0.92F, 1.F);
        placement.stretchY = random.between(0.92F, 1.F);
    }
    placement.detail = random.unit();
    placement.alternative = random.chance(kind.alternative);
    return placement;
}

void shapeDistances(int shape, const ShapePlacement& placement, int row, int left, int count, float* distances) {
    kKinds.at(static_cast<size_t>(shape)).row(placement, row, left, count, distances);
}

}  // namespace diagonal
