"""English plurals from a table (N2M): cat -> cats, baby -> babies, wolf -> wolves.

Copy this file into s2s_demo/tasks/ and start the page: the task has a tab of its own and stands in every list that fits it.
`python -m train plural` trains its models. The table may as well lie in a file: `from_tsv(Path("plurals.tsv"), ...)`.
"""

from __future__ import annotations

from s2s_demo.prediction import Words
from s2s_demo.task import Shape
from s2s_demo.tasks._tsv import from_tsv

TABLE = """
cat	cats
dog	dogs
bird	birds
tree	trees
book	books
hand	hands
door	doors
star	stars
ship	ships
lamp	lamps
road	roads
song	songs
king	kings
wolf	wolves
leaf	leaves
half	halves
shelf	shelves
calf	calves
loaf	loaves
thief	thieves
knife	knives
wife	wives
life	lives
bus	buses
glass	glasses
class	classes
dress	dresses
boss	bosses
kiss	kisses
box	boxes
fox	foxes
tax	taxes
wax	waxes
dish	dishes
wish	wishes
brush	brushes
bush	bushes
church	churches
bench	benches
match	matches
watch	watches
torch	torches
baby	babies
city	cities
lady	ladies
story	stories
party	parties
berry	berries
army	armies
penny	pennies
fly	flies
sky	skies
spy	spies
boy	boys
day	days
key	keys
toy	toys
way	ways
monkey	monkeys
donkey	donkeys
potato	potatoes
tomato	tomatoes
hero	heroes
echo	echoes
photo	photos
piano	pianos
radio	radios
zoo	zoos
man	men
foot	feet
tooth	teeth
goose	geese
mouse	mice
child	children
sheep	sheep
fish	fish
"""

TASK = from_tsv(
    TABLE,
    name="plural",
    shape=Shape.N2M,
    title=Words("영어 복수형 (N2M)", "English plurals (N2M)"),
    about=Words(
        "단수 명사를 읽고 복수형을 한 글자씩 씁니다.", "Reads a singular noun and writes its plural, letter by letter."
    ),
    input_label=Words("단수 명사", "Singular noun"),
    data="a table written by hand",
    order=50,
)
