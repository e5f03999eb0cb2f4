#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How good a search is: search_precision.py FLICKR8K LIBRARY [--cli diagonal-cli] [--line X] [--verbose]

LIBRARY is an index of Flickr8k's photographs (diagonal-cli index LIBRARY add FLICKR8K/images --model M). Prints
- precision@10 of twenty written queries: a hit is right where two of its five captions have the query's words (or other words for them);
- how many of fifty things that are in the photographs are found (something is above the line), and for how many of fifty that are not in
  any the answer is "nothing found". Things that are not there stand in no caption of the collection, nor among the texts that the line is found with, which is checked.
Exit code 1 below 0.8, 45 of 50 or 45 of 50.
"""
import argparse
import collections
import csv
import json
import os
import re
import subprocess
import sys

# A query, and what a caption has for it: all groups, each as one of its words.
JUDGED = [
    ("a dog running through snow", r"dogs? snow\w*"),
    ("two dogs playing on the beach", r"dogs?|puppies beach|sand|shore|surf|ocean"),
    ("a child on a swing", r"child|boy|girl|kid|baby|toddler swing\w*"),
    ("a man climbing a rock", r"man|climber|person|woman|boy climb\w*|rappel\w*|scal\w* "),
    ("a boy jumping into a swimming pool", r"boys?|child|kid|girl|man pool"),
    ("a surfer riding a wave", r"surf\w* wave\w*"),
    ("people playing football", r"football|soccer player\w*|play\w*|ball|team\w*|football"),
    ("a girl in a pink dress", r"girls? pink"),
    ("a snowboarder in the air", r"snowboard\w*"),
    ("a motorcycle race", r"motorcycl\w*|motorbike\w*|motocross|bikers?|dirt"),
    ("a basketball player with the ball", r"basketball"),
    ("a dog with a ball in its mouth", r"dogs? ball"),
    ("a man riding a bicycle", r"bike|bicycle|cyclist|bicyclist|biker|biking"),
    ("children sliding down a slide", r"slid\w*"),
    ("a dog swimming in water", r"dogs? swim\w*|water"),
    ("a skateboarder doing a trick", r"skateboard\w*|skater"),
    ("people sitting on a bench", r"bench\w*"),
    ("a horse with a rider", r"horses?|bronco|rodeo"),
    ("a kayak in white water", r"kayak\w*|canoe\w*|raft\w*"),
    ("a man fishing", r"fish\w*"),
]
PRESENT = """a dog in the snow|a black dog running on grass|two dogs fighting|a dog catching a frisbee|a greyhound race|a dog jumping over a hurdle
a surfer on a wave|a skateboarder on a ramp|a snowboarder jumping|a skier going downhill|a man climbing a cliff|a boy swinging on a swing
a girl on a slide|a child in a swimming pool|children playing in a fountain|a baby in a bath|a boy with a football|a football match
a basketball game|a tennis player|a baseball player|a hockey game|a motocross rider|a motorcycle racer|a cyclist on a mountain trail
a man on a bicycle in the city|a horse rider|a rodeo|a kayaker in rapids|people in a canoe|a person on a beach at sunset|a wedding couple
a crowd at a parade|a street musician with a guitar|a singer on a stage|people at a market|a woman with an umbrella|a man with a hat
a woman in a red dress|a boy blowing bubbles|a child eating ice cream|people sitting on a bench|a tent in the mountains|hikers in the snow
a man fishing|a bird flying over water|a racing car on a track|a person on a trampoline|a man doing a wheelie|a water skier""".replace("\n", "|").split("|")
ABSENT = """a walrus on a rock shelf|a totem pole|a hearing aid|a tax form|an abacus|an anvil in a forge|a periscope
a fax machine|a filing cabinet|a bowl of porridge|a croissant on a plate|a block of tofu|a pressure cooker|a durian cut open
a chemistry laboratory with flasks|a stethoscope|a dentist's chair|a centrifuge|a floppy disk|a soldering iron|a stapler
a mercury thermometer|a thimble|a set of dominoes|a sarcophagus|the Eiffel Tower|a Greek temple with columns|a blood pressure cuff
a solar flare|a snow globe|a beaver dam|a baobab tree|a fjord|a sinkhole|a coal mine
a solar panel on a roof|a satellite dish|an armadillo|a koala in a eucalyptus|a rhinoceros|a flamingo colony|a hippopotamus|a scorpion|a manta ray
a mantis shrimp|a sea urchin|a platypus|a ship in a bottle|a meat grinder|a metronome""".replace("\n", "|").split("|")
# Words of ABSENT that name the thing: no caption has them, nor the unrelated texts that the line is found with.
ABSENT_WORDS = """walrus|totem|hearing aid|tax form|abacus|anvil|periscope|fax|filing cabinet|porridge|croissant|tofu|pressure cooker|durian|chemistry|stethoscope|dentist
centrifuge|floppy disk|soldering|stapler|thermometer|thimble|dominoes|sarcophag|eiffel|greek|blood pressure|solar flare|snow globe|beaver dam|baobab|fjord
sinkhole|coal mine|solar panel|satellite dish|armadillo|koala|rhino|flamingo col|hippo|scorpion|manta|mantis shrimp|urchin|platypus|ship in a bottle|grinder|metronome""".replace("\n", "|").split("|")
UNRELATED = os.path.join(os.path.dirname(__file__), "../../engine/index/unrelated_texts.cpp")


def captions_of(folder):
    found = collections.defaultdict(list)
    with open(os.path.join(folder, "captions.txt"), encoding="utf-8") as file:
        for row in csv.reader(file):
            if len(row) >= 2 and row[0] != "image":
                found[row[0]].append(",".join(row[1:]).lower())
    return found


def fits(caption, groups):
    return all(re.search(rf"\b({group})\b", caption) for group in groups)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("flickr8k")
    parser.add_argument("library")
    parser.add_argument("--cli", default="build/release/bin/diagonal-cli")
    parser.add_argument("--line", help="in place of the library's own")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    captions = captions_of(options.flickr8k)
    text = "\n".join(one for some in captions.values() for one in some)
    assert len(PRESENT) == len(ABSENT) == len(ABSENT_WORDS) == 50, (len(PRESENT), len(ABSENT), len(ABSENT_WORDS))
    with open(UNRELATED, encoding="utf-8") as file:
        text += file.read().lower()
    there = [word for word in ABSENT_WORDS if re.search(rf"\b{word}", text)]
    assert not there, f"in the captions or the unrelated texts: {there}"

    def search(query, *more):
        line = ["--line", options.line] if options.line else []
        done = subprocess.run([options.cli, "search", options.library, "--text", query, "--format", "json", "--quiet", *line, *more],
                              check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout)

    total = 0.0
    for query, pattern in JUDGED:
        groups = [group for group in pattern.split(" ") if group]
        hits = search(query, "--top", "10", "--all")["results"]
        right = [sum(fits(caption, groups) for caption in captions[os.path.basename(hit["path"])]) >= 2 for hit in hits]
        total += sum(right) / 10
        if options.verbose:
            print(f"{sum(right):3d} of 10  {query}")
    precision = total / len(JUDGED)
    counts = []
    for name, queries, wanted in (("there", PRESENT, True), ("not there", ABSENT, False)):
        good = 0
        for query in queries:
            result = search(query, "--top", "1", "--all")
            best = result["results"][0]
            good += (result["above"] > 0) == wanted
            if options.verbose:
                print(f"{name:9s} {best['relevance']:6.2f} line {result['line']:.2f} above {result['above']:5d}  {query}")
        counts.append(good)
    print(f"precision@10 of {len(JUDGED)} queries: {precision:.3f}")
    print(f"of 50 things that are there {counts[0]} are found; of 50 that are not, {counts[1]} answers are “nothing found”")
    return 0 if precision >= 0.8 and counts[0] >= 45 and counts[1] >= 45 else 1


if __name__ == "__main__":
    sys.exit(main())
