"""What customers ask for. The key is how the summary puts it."""

WISHES = {
    "wants a refund": [
        "I {want|would like|would prefer|expect|demand} {my money back|a refund|a full refund|to be refunded}{ <soon>|}.", "<please> {refund me|refund this|give me my money back|return my money|send the money back}{?| <soon>?}",
        "{Just|Please} {refund me|give me my money back|refund it|pay me back}{, that is all| and we are done|}.", "How do I get {my money back|a refund|refunded}?", "I {no longer want it|do not want it any more|do not need it now}, {a refund is fine|please refund me|I want my money}.",
        "A refund {would be {fair|best|right}|please|is the least you can do}.", "{Money back|Refund}{, please|}{.|!}", "Am I getting {a refund|my money back}?", "I {insist on|am asking for|hope for} a {full |}refund.",
    ],
    "wants a new one": [
        "<please> {send me|post me|ship} {a new one|another one|a replacement|a working one}{?| <soon>?}", "I {want|would like|need|expect} {a new one|a replacement|another one|one that works}{ <soon>|}.",
        "{Is it possible to|Could I|Can I|May I} {get|have} {a replacement|a new one|a fresh one}?", "{Just|Please} {exchange it|swap it|replace it}{ for a new one|}.", "{A replacement|A new one} {would be {lovely|great|fine}|please|is all I ask}.",
        "I {do not want|don't need} {my money back|a refund}, {just a new one|I want the thing itself|only a replacement}.", "When {can|will} you {send a new one|send the replacement|replace it}?", "{Can it|Could it} be {exchanged|replaced|swapped}?",
    ],
    "asks where it is": [
        "Where is {it|my parcel|the parcel|my stuff}?", "{Any idea|Do you know|Can you tell me|Could you find out} where it {is|went|got stuck|might be}?", "<please> {check where it is|trace it|track it down|look for it}?", "Is it {lost|even on its way|still coming}?",
        "{The tracking|Tracking} {says nothing|does not move|has not changed for days|stopped in {another town|the depot}}, {so where is it|where did it go|what does that mean}?", "I {would like|want|need} to know where it is{ now|}.", "{What happened to|What has become of} {it|my parcel}?",
    ],
    "asks when it comes": [
        "When {will it|does it|is it going to} {come|arrive|get here|be here}?", "{Can you|Could you} {tell me|say} when {it will arrive|it comes|I can expect it|to expect it}?", "How {long|much longer} {will it take|do I have to wait|must I wait}?", "I {need|would like|want} {a date|a delivery date|a day}{, please|}.",
        "Will it {be here|come|arrive} {this week|by the weekend|before I go away}?", "{Please|Just} {give me|tell me} {a date|the day}.", "{Do you have|Is there} {a new date|a delivery date}{ yet|}?",
    ],
    "wants the right one": [
        "<please> send {me |}the {right|correct} one{?| <soon>?}", "I {want|would like|still need|expect} {the one I ordered|what I ordered|the right one|what I paid for}.", "When {will|can} {I get|you send} the {right|correct} {one|thing}?", "{Please|Kindly} {swap them|exchange it|put this right}.",
        "Can {you|somebody} {send the correct item|bring the right one|swap it}?", "How do {we|I} {swap this|exchange it|get what I ordered}?",
    ],
    "wants the part": [
        "<please> {send|post|mail} {me |}{it|the missing piece|what is missing|the missing bit}{?| <soon>?}", "{Can I|Could I} {get|have} {it|the missing piece|the missing part} {sent|posted|on its own}?", "I {only|just} need {that|the one piece|the missing part}.", "{Just|Please} put it in {the post|an envelope}.",
        "Without it {the thing|the whole thing|everything else} is {useless|no good|just for show}{, please send it|, can you post it|}.", "{Do you|Can you} {have|send} {one|a spare}?",
    ],
    "asks for a call": [
        "<please> {call|ring|phone} me{?| back?}", "{Please|Just} {call me|give me a ring|phone me}{ <soon>|}.", "I {would like|would prefer|want} {a call|to talk to someone|somebody to call me}.", "{Can|Could} {someone|somebody|a human being} {call|ring|phone} me?", "{A short|A quick} call {would help|would do|is enough}.",
    ],
    "wants an explanation": [
        "{Can you|Could you|Please} {explain|explain this|tell me why}{?|, please?}", "{Why is that|How come|What is this for|How can that be}?", "I {want|would like|need} {an explanation|to know why|to understand this}.", "I {do not|don't} {get it|understand it|see why}{, please explain|, can you help|}.", "What {is the reason|went wrong|happened}?",
    ],
    "wants it corrected": [
        "<please> {correct it|correct this|put it right|fix it|change it}{?| <soon>?}", "I {need|want|would like} {a corrected one|a correct one|it corrected|this fixed}{ <soon>|}.", "{Please|Kindly} {send a corrected version|issue a new one|sort it out}.", "{My accountant|The tax office|My boss} {needs|wants} {it right|a proper one|a correct one}.", "How {can|do} {we|I} get {this|it} {corrected|changed|fixed}?",
    ],
    "wants it confirmed": [
        "<please> confirm{?| this?| that it worked?| in writing?}", "{Please|Just|Kindly} {confirm|let me know that it worked|send me a confirmation}{ <soon>|}.", "I {would like|need|want} {a confirmation|this confirmed|that in writing}.", "{Let me know|Tell me|Drop me a line} {when it is done|once that is done|if that works}.", "Is {that|this} {possible|all right|ok|in time}?", "A {short|quick} {confirmation|yes} {is enough|would be nice|will do}.",
    ],
    "asks for help": [
        "{Can you|Could you|Can anybody} help{ me|}{?| <soon>?}", "What {can I|should I|do I|must I} do{ now|}?", "{Please|Pls} help{ me|}{.|!}", "I {need|could do with} {some help|a hand}{ here| with this|}.", "{How do I|How can I} {fix this|solve this|get on from here}?", "Any {ideas|advice|tips|suggestions}?", "{Help!|I am stuck.|I am at my wits' end.}",
    ],
    "asks how": [
        "How {does this work|do I do that|do I go about it|does one do that}?", "{What are the steps|Which form do I need|What do I have to do|Where do I start}?", "{Can you|Could you|Please} {tell me how|send me the steps|explain how it works}{?|, please?}", "Do I need {a label|a form|a box|the receipt|the original box}?", "{Who pays|Do I pay|Do you cover} {the postage|for that}, and how {does it work|do I start}?", "I {would like|want|need} to know how{ it works| to do this|}.",
    ],
}
