"""Words by which a name of a person is known, or known to be something else.

Common given names in Denmark, also of those whose families came from elsewhere;
not complete, and no list of anybody. Names of places contain names of persons,
so the words that make a place of them stand here as well.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GIVEN = _words(
    """
    Aage Adam Adrian Agnes Agnete Aksel Albert Alberte Alex Alexander Alexandra Alfred
    Alice Allan Alma Amalie Amanda Anders Andrea Andreas Ane Anette Anita Anja Ann Anna
    Anne Annelise Annemarie Annette Anni Annie Anton Arne Arthur Asger Asta Astrid
    Aurora Axel Barbara Bastian Beate Bente Benjamin Benny Bertha Bertram Betina Bettina
    Birger Birgit Birgitte Birte Birthe Bjarke Bjarne Bodil Brian Britt Britta Børge
    Camilla Carina Carl Carla Carlo Caroline Carsten Casper Cathrine Cecilie Charlie
    Charlotte Christian Christina Christine Christoffer Christopher Clara Claus Connie
    Conny Conrad Dagmar Daniel David Dennis Ditte Dorte Dorthe Ebba Ebbe Edith Egon
    Einar Elias Elin Elisabeth Ella Ellen Elliot Elsebeth Emil Emilie Emily Emma
    Erik Erika Erling Ernst Esben Ester Esther Eva Evelyn Finn Flemming
    Florian Frank Frederik Frederikke Frida Frode Gabriel Georg Gerda Gert Gertrud Gitte
    Gorm Grethe Gudrun Gunnar Gunhild Gustav Hanna Hannah Hanne
    Harald Harry Heidi Heine Helena Helene Helge Helle Henning Henriette Henrik Henry
    Herman Hilda Hjalmar Holger Hugo Ib Ida Ilse Inga Inge Ingeborg Ingelise Inger
    Ingrid Irene Iris Irma Isabel Isabella Isak Ivan Iver Jack Jacob Jakob Jan Jane
    Janne Jannie Janni Jarl Jasmin Jens Jeppe Jesper Jette Jimmy Joachim Joakim Joan
    Johan Johanna Johanne Johannes John Johnny Jon Jonas Jonathan Josefine Josephine
    Julie Julia Julius Jytte Jørgen Jørn Kaj Kamilla Karen Karin Karina Karl Karla
    Karoline Karsten Kasper Katja Katrine Kenneth Kent Kirsten Kirstine Kim
    Kjeld Klara Klaus Knud Konrad Kristian Kristina Kristine Kristoffer Kurt Lars Lasse
    Laura Laurits Lauritz Laus Lea Leif Lena Lene Leo Leon Leonora Lilian Lillian Lilly
    Linda Linea Linnea Lis Lisa Lisbet Lisbeth Lise Liselotte Lizzi Lizzie Louis
    Louise Lucas Lukas Lucia Luna Lykke Lærke Mads Magnus Maja Majbritt Malene Malou
    Malte Maren Margit Margrethe Maria Mariane Marianne Marie Marius Markus
    Marlene Martha Martin Mathias Mathilde Mathilda Matilde Mats Merete Mette Mia
    Michael Michelle Mie Mikael Mike Mikkel Milas Mille Mogens Mona Monica Morten
    Nadia Nanna Naja Nete Nicklas Nicolai Nicoline Niels Niklas Nikolaj Nina Noah Nora
    Ole Olga Olivia Oliver Ove Oskar Oscar Otto Palle Patrick Patrik Paul Pauline Peder
    Pelle Peter Pernille Pia Philip Poul Preben Rasmus Rebecca Rebekka Regitze Regnar
    Rene René Ricki Rikke Robert Rolf Ronni Ronnie Rosa Rune Ruth Sabrina Samuel Sander
    Sandra Sanne Sara Sarah Sebastian Selma Sidsel Signe Sigrid Sigurd Silas Silje Simon
    Simone Sine Sisse Sofia Sofie Sofus Solveig Sonja Sonny Stefan Steen Steffen Stella
    Stephanie Stine Sune Susan Susanne Svend Sven Sylvester Søren Søs Tanja Teodor
    Tenna Thea Theo Theodor Theis Thomas Thorkild Thorvald Tilde Tim Tina Tine Tobias
    Tom Tommy Tonny Torben Tove Trine Troels Ulla Ulrik Ulrikke Ursula Uffe Vagn
    Valdemar Vera Verner Vibeke Victor Victoria Viggo Vigga Viktor Vilhelm Villads Villy
    Vincent Viola Vivi Vivian Walter Werner Wilhelm William Willy Yrsa Yvonne Zenia Åge
    Åse
    Abdi Abdirahman Abdul Abdullah Abdullahi Abdulrahman Adel Adem Adnan Agnieszka Ahmad
    Ahmed Ahmet Aicha Aisha Aischa Aleksander Ali Alina Amal Amar Amin Amina Amir Amira
    Amna Anas Andrzej Andrei Anwar Arash Asad Asma Ayaan Ayan Ayse Ayşe Azad Aziz Babak
    Bashir Bassam Bilal Bogdan Cem Daud Dalia Deniz Dilan Dina Dmitri Dragan Ebru Elif
    Emina Emine Emre Enes Esra Ewa Fadi Fadumo Fahad Faisal Farah Farid Farida Farhad
    Faruk Fatema Fatih Fatima Fatma Fatme Fatuma Fawzia Ferhat Filiz Firas Gheorghe
    Goran Grzegorz Habib Hadi Hadja Hafsa Halima Halil Hamid Hamza Hanan Hani Haroon
    Hasan Hassan Hatice Hawa Heba Hodan Huda Husein Hussein Hussain Hüseyin Ibrahim
    Idris Ilyas Imran Ismail Ismael Ivana Jamal Jamila Jasmina Javad Javed Jawad Jelena
    Joanna Jovan Kadir Kamal Karim Katarzyna Kemal Khadija Khadra Khaled Khalid
    Krzysztof Laila Lamis Layla Leila Leyla
    Łukasz Magdalena Mahad Mahamed Mahdi Mahmoud Mahmud
    Majid Malik Małgorzata Mariam Marek Marwan Maryam Maryan Mehdi Mehmet Mina
    Milena Mirela Mirza Mohamad Mohamed Mohammad Mohammed Mona Monika Mostafa Muhamed
    Muhammad Muhammed Muna Murat Musa Mustafa Mustapha Nabil Nadeem Nadim Najib Naima
    Nasrin Nasir Nawal Nazanin Nguyen Nimo Nour Noor Nuri Olena Oleksandr Omar Omer
    Osama Osman Ömer Özlem Parisa Pavel Piotr Rachid Rahma Raja Ramin Rami Rania Rashid
    Reza Rima Rukia Rustam Sadiq Safia Sahra Saida Salah Saleh Salim Salma Samer
    Sami Samir Samira Sabah Sana Selim Selin Semir Senad Serkan Shahin Shirin
    Siham Soraya Suleiman Suleyman Sumaya Svetlana Tamer Tarek Tariq Tomasz Umar Usman
    Vesna Viktoriia Vladimir Wafa Walid Warsame Yahya Yasin Yasmin Yasmina Yasser Younes
    Yousef Yusuf Yussuf Zahra Zaid Zainab Zakaria Zara Zeynep Ziad Zlatan Zuhal
    """
)
"""Names that are hardly ever anything else."""

DOUBTFUL = _words(
    """
    Art Ask August Bent Bill Bjarne Bjørn Bo Cilla Dan Else Faith Falk Flora Freja Frej
    Grace Gry Hans Hope Islam Iman Jihad Juni Ken Line Liv Lone Lyng Maj Mark Max May
    Medina Milan My Odin Per Pil Rob Rose Said Sejer
    Sol Sten Stig Storm Sue Tage Thor Tor Tue Ulv Will
    """
)
"""Names that are also words; they count before a surname only."""

SURNAMES = _words(
    """
    Abdi Ali Andersen Andreasen Bertelsen Carlsen Christensen Christiansen Clausen
    Danielsen Demir Eriksen Frandsen Frederiksen Gregersen Hansen Henriksen Hussein
    Iversen Jacobsen Jakobsen Jensen Jeppesen Jespersen Johansen Johnsen Jørgensen Kaya
    Khan Knudsen Kristensen Kristiansen Larsen Lauridsen Laursen Madsen Mathiesen
    Mikkelsen Mogensen Mortensen Møller Nguyen Nielsen Nikolajsen Nissen Olesen Olsen
    Paulsen Pedersen Petersen Poulsen Rasmussen Schmidt Simonsen Steffensen Svendsen
    Sørensen Thomsen Thygesen Yilmaz
    """
)

TITLES = _words(
    """
    hr fr fru frk frøken herr familien familie mr mrs ms miss mister
    """
)
"""Before any capitalised word: a person or a family."""

SIGNALS = _words(
    """
    af by fra for from hos med om og til to with and
    beboer beboeren chaufføren datteren drengen ejeren faren formanden genboen hedder
    kaldes kaldet kollegaen kvinden kæresten lejeren manden moren nabo naboen navn
    navnet overboen pigen sønnen underboen varmemesteren viceværten
    boy boyfriend called caretaker daughter driver girl girlfriend man named neighbor
    neighbour resident son tenant woman
    """
)
"""Before a given name alone, or a surname alone: a person."""

PERSONAL = _words(
    """
    bor boede drikker fortalte fortæller klager klagede mener oplyser oplyste ringede
    råber råbte sagde siger skældte sælger solgte truede truer
    called lives lived said says sells shouted shouts sold threatened threatens told
    """
)
"""After a given name alone: what only persons do."""

HALLOWED = _words(
    """
    sankt sanct skt sct saint st dronning kong konge prins prinsesse kronprins
    kronprinsesse grev grevinde queen king prince princess
    bar butik butikken cafe café foreningen frisør kiosk kiosken kirken klubben
    restaurant salon skolen værtshuset
    """
)
"""Before a name: it belongs to a feast, a street, a shop or a house."""

PLACES = _words(
    """
    vej vejen gade gaden stræde strædet allé alle alléen plads pladsen torv torvet park
    parken have haven gård gården hus huset minde broen sti stien vænge vænget boulevard
    bakken toften lunden hal hallen stadion skole skolen kirke kirken kirkegård
    bibliotek biblioteket kollegium kollegiet center centret centeret børnehave
    vuggestue plejehjem plejecenter fond fonden stiftelse stiftelsen grill kebab kiosk
    pizza pizzeria bageri møbler auto aften dag station passage passagen tunnel
    tunnelen kaj
    street road square lane avenue school church house bridge foundation
    """
)
"""At the end of a name, or after it: a place that is called after somebody."""

PLACE_ENDINGS = (
    *("vej", "vejen", "gade", "gaden", "stræde", "plads", "pladsen", "torv", "torvet"),
    *("parken", "skole", "skolen", "kirke", "kirken", "center", "centret", "hallen"),
    *("huset", "boulevard", "vænget", "toften", "lunden", "haven", "gården"),
)
"""How a word ends that is a place by itself."""

NOT_SURNAMES = _words(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March
    April June July September October November
    December Mandag Tirsdag Onsdag Torsdag Fredag
    Lørdag Søndag Januar Februar Marts Juli Oktober December Politi Politiet Police
    Kommune Kommunen Aalborg Aarhus Odense Esbjerg København Danmark Denmark Danish
    Dansk Øst Vest Nord Syd Midt
    """
)
