/* seed_conversation.c - the text of the sample conversation. */
#include "cruddur/seed_conversation.h"

const char seed_group_uuid[] = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399";

const struct messages_user seed_users[2] = {
    {"1f0b7f0a-3c52-4a54-9a67-6e5d2f2f7c11", "AfroLatino", "AfroLatino"},
    {"8c6f2b9e-6d0b-4c1e-8f5a-0d3a4b7e9c22", "londo", "londo"},
};

const char *const seed_messages[SEED_MESSAGES] = {
    "Did you get the keys to the old hydro station? The trust said we could start on Saturday.",
    "Picked them up this morning. The lock took two of us and a can of oil, but the door opens.",
    "How bad is it inside? The photographs from the survey were mostly of pigeons, to be honest.",
    "The pigeons are real. The floor is dry though, and the roof over the machine hall has held.",
    "And the generator? That is the part I have been losing sleep over since we said yes to this.",
    "Still there, under a tarpaulin from 1968. Someone greased the shaft before they walked away.",
    "Whoever that was deserves a plaque. Grease is the difference between a museum and scrap iron.",
    "I lifted one inspection plate. The stator windings look brown and brittle but nothing is "
    "burnt.",
    "Brown is fine, that is only old varnish. Black would have meant a short somewhere in the "
    "slots.",
    "Then we are in luck. I counted seventy-two slots and every coil still has its paper label.",
    "Labels as well? I could kiss the people who built this place. Which end is the first label "
    "on?",
    "On the river side, going around with the sun. I took a picture of each one before touching "
    "it.",
    "Good. Send them to the shared folder tonight and I will start a drawing of the winding plan.",
    "They are uploading, but the signal in the valley is one bar if you stand on the water tank.",
    "Please do not stand on the water tank. I need you alive at least until the rotor is back in.",
    "Noted. What do we check first on Saturday, the insulation or the bearings underneath it all?",
    "Insulation first. If the windings leak to the frame there is no point in polishing anything.",
    "I can borrow the tester from the railway workshop, the one with the hand crank on its side.",
    "The five hundred volt one? Perfect. We crank for a full minute and write down where it "
    "settles.",
    "And what number lets us sleep at night? I remember something about one megohm per kilovolt.",
    "One plus the rated kilovolts, so for this machine anything above two megohms makes me happy.",
    "It has been sitting next to a river for fifty years. I would be amazed if it reads even one.",
    "Then we dry it. Warm air for a week, slowly, with the tester on it every morning and evening.",
    "We could use the two space heaters from the scout hall, they owe us for the roof last winter.",
    "Keep them under sixty degrees at the coil. Old shellac turns into toffee when you rush it.",
    "I will tape a thermometer to the end turns and put someone on a chair in front of it, always.",
    "Ask Mira, she reads anyway. Give her a good lamp and a notebook and she will log it "
    "perfectly.",
    "She says yes, on the condition that nobody talks to her about football for the entire week.",
    "A fair price. Now, the bearings. Did the shaft move at all when you leaned your weight on it?",
    "A hand's width, then it stopped with a soft kind of bump. No grinding that I could hear at "
    "all.",
    "A soft bump sounds like a leaf or a nest, not metal. I would rather look before we push "
    "again.",
    "There is an oil window on each pedestal. Both of them are the colour of very strong coffee.",
    "That is how it should be after half a century. We drain, flush, look at the filter and "
    "refill.",
    "What do we refill it with? The plate only says turbine oil grade two, which helps nobody now.",
    "A plain mineral oil of viscosity sixty-eight will do. The mill in town buys it by the barrel.",
    "I know the foreman there. He will want to come and look, and then he will want to stay for "
    "good.",
    "Let him. We need somebody who is not afraid of a spanner as long as his own arm, frankly.",
    "Speaking of which, the foundation bolts are the size of bottles. Do we need to touch any of "
    "them?",
    "Only check them with a hammer. A tight bolt rings and a loose one says thud, you cannot miss "
    "it.",
    "I tried two today out of pure curiosity. Both rang like church bells, the pigeons were upset.",
    "Excellent. Then the frame has not shifted and the air gap might still be even all the way "
    "round.",
    "How do we measure the air gap? My feeler gauges are for motorcycles, they end at one "
    "millimetre.",
    "Here it should be about four. I will cut a set of hardwood wedges and mark them every half.",
    "You want to measure a power station with bits of wood? I am telling absolutely everybody.",
    "Wood does not scratch laminations. The people who built it did exactly the same, I promise "
    "you.",
    "Fine, wooden wedges. What about the exciter? It sits on the end of the shaft like a small "
    "hat.",
    "That hat is a little direct current machine that feeds the rotor. Look at the copper bars on "
    "it.",
    "They look like a worn coin. There is a groove where the brushes ran, maybe one millimetre "
    "deep.",
    "We can live with one millimetre. Later we skim it on a lathe, for now we only fit new "
    "brushes.",
    "Do brushes for that still exist, or do we have to carve them out of pencils ourselves?",
    "There is a firm that grinds them to size from a sketch. I sent them the box from the "
    "cupboard.",
    "You found the spare box? I looked everywhere in that office and came home with only cobwebs.",
    "It was behind the logbooks. By the way, the logbooks go back to the very first day in 1911.",
    "Are you serious? Read me the first line, whatever it says, I have waited weeks for this.",
    "It says: water in at six, lights in the village by seven, the baker was the first to cheer.",
    "I have goose bumps. We should paint that on the wall of the hall, exactly in those words.",
    "Agreed, once the wall has plaster again. There is a second line, it says: lost a hat in the "
    "race.",
    "Then we restore the hat as well. What did they write on the last day, does that page exist?",
    "The last one only says: gates closed, thank you, and then five signatures, all of them shaky.",
    "Then our first line has to start with the gates. Have you had a look at the intake screen "
    "yet?",
    "It holds about a cubic metre of branches, one bicycle and a road sign from two villages up.",
    "Keep the bicycle, someone will claim it. Is the gate itself still on its rails, or hanging "
    "loose?",
    "On its rails. The rack is rusty but the teeth are there, and the wheel turns with two people.",
    "Wonderful. We open it by one hand at first and only when everybody stands behind the railing.",
    "There is no railing, there is a line on the floor where a railing used to be a long time ago.",
    "Then the railing comes before the water. I mean that, it is the one rule I will argue about.",
    "No argument from me. The blacksmith offered to make one if he can put a small fish on the "
    "end.",
    "He can put a whole aquarium on it. Ask him for one metre ten, that is what the inspector "
    "wants.",
    "I also found a brass bell above the side door. Does anybody remember what it was rung for?",
    "For the end of the shift, my aunt says. She could hear it from the school across the valley.",
    "When does the inspector come? I would like to have swept up the pigeons by then, at the "
    "least.",
    "In three weeks, on a Tuesday. She was kind on the telephone but she asked very good "
    "questions.",
    "Such as what? Tell me now, so that I do not find out in front of her with my mouth wide open.",
    "How we stop it when the load falls away. A turbine without a load simply runs faster and "
    "faster.",
    "The flyball governor. I saw it, two brass balls on arms, the prettiest thing in the building.",
    "Pretty and probably stuck. It has to close the vanes in four seconds or we do not run at all.",
    "I moved the arms by hand and the linkage follows, but it is slow, like stirring cold "
    "porridge.",
    "Old oil again. Take the pins out one by one, clean them, and put each back in its own hole.",
    "I will lay them on a board with numbers, the way my grandmother did with clocks on her table.",
    "Your grandmother repaired clocks? You never said. That explains why nothing of yours is ever "
    "lost.",
    "Forty years of them. She would have loved this governor, it is really only a clock in a "
    "hurry.",
    "That is the best description I have heard. May I use it in the leaflet for the opening day?",
    "If you spell her name right. How many people do you expect at the opening, honestly speaking?",
    "The village has three hundred and they have been asking at the bakery every single morning.",
    "Then we need the stairs checked too. They are oak, they creak, but I could not find any rot.",
    "Put it on the list. What does the list look like by now, is it still on the one sheet of "
    "paper?",
    "It is on a roll of wallpaper. I have pinned it along the corridor so that we can walk down "
    "it.",
    "I would expect nothing less. Read me what comes before lunch on Saturday, just to be certain.",
    "Pigeons, light, coffee, then the tester from the railway and seventy-two coils to be "
    "measured.",
    "In that order. Coffee before the high voltage, I have seen what happens the other way around.",
    "And after lunch we drain the bearings and Mira begins her week of reading beside the heaters.",
    "I will bring the drawing of the windings, a hundred labels and the good lamp from my "
    "workshop.",
    "I have the wedges, if you send me the dimensions, there is a plank of ash waiting in the "
    "shed.",
    "Four millimetres at the thin end, eight at the other, and as long as your forearm. Ten of "
    "them.",
    "You will have ten. Should we tell the newspaper, or do we wait until something actually "
    "turns?",
    "Wait. Nothing brings bad luck to a machine like a reporter standing next to it with a camera.",
    "Then it stays between the two of us, Mira, the foreman, the blacksmith and the entire bakery.",
    "A well kept secret. When it does turn, who closes the main switch? I think it ought to be "
    "you.",
    "No, it should be the baker. The first to cheer in 1911, it was his great-grandfather, I "
    "asked.",
    "Now I am the one with goose bumps. The baker it is, and we will stand right behind the "
    "railing.",
    "With the fish on it. I should sleep, the mill opens at six and I promised to ask about the "
    "oil.",
    "Good night then. And thank you for picking up the keys, I was afraid we would talk ourselves "
    "out.",
    "Never. It has stood still for fifty years, and standing still is what a stator does best of "
    "all.",
    "True. It only has to hold its place, and let everything else go around it, year after year.",
};
