<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>diagonal::CalibrationView</name>
    <message numerus="yes">
        <source>zero-shot, %Ln answer(s)</source>
        <translation>
            <numerusform>zero-shot, %Ln answer</numerusform>
            <numerusform>zero-shot, %Ln answers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>probe, %Ln answer(s)</source>
        <translation>
            <numerusform>probe, %Ln answer</numerusform>
            <numerusform>probe, %Ln answers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The first draw of %Ln picture(s) a class.</source>
        <translation>
            <numerusform>The first draw of %Ln picture a class.</numerusform>
            <numerusform>The first draw of %Ln pictures a class.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::CaptionsPanel</name>
    <message numerus="yes">
        <source>%Ln images</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln captions</source>
        <translation>
            <numerusform>%Ln caption</numerusform>
            <numerusform>%Ln captions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ChooserView</name>
    <message numerus="yes">
        <source>%Ln picture(s) could not be read and do not count, the first: %1</source>
        <translation>
            <numerusform>%Ln picture could not be read and does not count: %1</numerusform>
            <numerusform>%Ln pictures could not be read and do not count, the first: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::CompareView</name>
    <message numerus="yes">
        <source>%Ln template(s)</source>
        <translation>
            <numerusform>%Ln template</numerusform>
            <numerusform>%Ln templates</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Comparison of %Ln image(s) written to %1</source>
        <translation>
            <numerusform>Comparison of %Ln image written to %1</numerusform>
            <numerusform>Comparison of %Ln images written to %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The two agree on %1 of %Ln picture(s) (%2)</source>
        <translation>
            <numerusform>The two agree on %1 of %Ln picture (%2)</numerusform>
            <numerusform>The two agree on %1 of %Ln pictures (%2)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln to come</source>
        <translation>
            <numerusform>%Ln to come</numerusform>
            <numerusform>%Ln to come</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln failed</source>
        <translation>
            <numerusform>%Ln failed</numerusform>
            <numerusform>%Ln failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln template(s), averaged</source>
        <translation>
            <numerusform>%Ln template, averaged</numerusform>
            <numerusform>%Ln templates, averaged</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ConfusionModel</name>
    <message numerus="yes">
        <source>Folder “%1”: %Ln picture(s)</source>
        <translation>
            <numerusform>Folder “%1”: %Ln picture</numerusform>
            <numerusform>Folder “%1”: %Ln pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ConfusionPage</name>
    <message numerus="yes">
        <source>Rows: the label. Columns: the answer. %Ln class(es) with the fewest mistakes left out</source>
        <translation>
            <numerusform>Rows: the label. Columns: the answer. %Ln class with the fewest mistakes left out</numerusform>
            <numerusform>Rows: the label. Columns: the answer. %Ln classes with the fewest mistakes left out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::DataPage</name>
    <message numerus="yes">
        <source>%1, %Ln images</source>
        <translation>
            <numerusform>%1, %Ln image</numerusform>
            <numerusform>%1, %Ln images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::DataPanel</name>
    <message numerus="yes">
        <source>%Ln caption(s)</source>
        <translation>
            <numerusform>%Ln caption</numerusform>
            <numerusform>%Ln captions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Captions that stand at more than one image: %Ln. In a batch they count as matches, not as negatives.</source>
        <translation>
            <numerusform>Captions that stand at more than one image: %Ln. In a batch they count as matches, not as negatives.</numerusform>
            <numerusform>Captions that stand at more than one image: %Ln. In a batch they count as matches, not as negatives.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Images in no split file: %Ln. They are trained on.</source>
        <translation>
            <numerusform>Images in no split file: %Ln. They are trained on.</numerusform>
            <numerusform>Images in no split file: %Ln. They are trained on.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::DataPreview</name>
    <message numerus="yes">
        <source>%n picture(s) lie in it, and no captions</source>
        <translation>
            <numerusform>%n picture lies in it, and no captions</numerusform>
            <numerusform>%n pictures lie in it, and no captions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::DataSource</name>
    <message numerus="yes">
        <source>%1: %Ln image(s)</source>
        <translation>
            <numerusform>%1: %Ln image</numerusform>
            <numerusform>%1: %Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln caption(s)</source>
        <translation>
            <numerusform>%Ln caption</numerusform>
            <numerusform>%Ln captions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) not found</source>
        <translation>
            <numerusform>%Ln file not found</numerusform>
            <numerusform>%Ln files not found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::DropFrame</name>
    <message numerus="yes">
        <source>Drop %n file(s)</source>
        <translation>
            <numerusform>Drop %n file</numerusform>
            <numerusform>Drop %n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln hidden folder(s) or picture(s), or of an indexer, a bin or a system, left out (%1). Drop such a folder itself to take it</source>
        <translation>
            <numerusform>%Ln hidden folder or picture, or of an indexer, a bin or a system, left out (%1). Drop such a folder itself to take it</numerusform>
            <numerusform>%Ln hidden folders or pictures, or of an indexer, a bin or a system, left out (%1). Drop such a folder itself to take them</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::EmbeddingsPane</name>
    <message numerus="yes">
        <source>%Ln text(s) embedded.</source>
        <translation>
            <numerusform>%Ln text embedded.</numerusform>
            <numerusform>%Ln texts embedded.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s) embedded.</source>
        <translation>
            <numerusform>%Ln image embedded.</numerusform>
            <numerusform>%Ln images embedded.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln could not be read.</source>
        <translation>
            <numerusform>%Ln could not be read.</numerusform>
            <numerusform>%Ln could not be read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln text(s) were longer than the model reads: their ends do not count.</source>
        <translation>
            <numerusform>%Ln text was longer than the model reads: its end does not count.</numerusform>
            <numerusform>%Ln texts were longer than the model reads: their ends do not count.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln text(s)</source>
        <translation>
            <numerusform>%Ln text</numerusform>
            <numerusform>%Ln texts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of them were embedded before.</source>
        <translation>
            <numerusform>%Ln of them was embedded before.</numerusform>
            <numerusform>%Ln of them were embedded before.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::EngineService</name>
    <message numerus="yes">
        <source>CPU · %n thread(s)</source>
        <translation>
            <numerusform>CPU · %n thread</numerusform>
            <numerusform>CPU · %n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::EvaluatePane</name>
    <message numerus="yes">
        <source>Stopped: %1 of %Ln model(s) evaluated; what was read of the others is kept</source>
        <translation>
            <numerusform>Stopped: %1 of %Ln model evaluated; what was read of the others is kept</numerusform>
            <numerusform>Stopped: %1 of %Ln models evaluated; what was read of the others is kept</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Out of date: %1 of %Ln model(s) to be evaluated</source>
        <translation>
            <numerusform>Out of date: %1 of %Ln model to be evaluated</numerusform>
            <numerusform>Out of date: %1 of %Ln models to be evaluated</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) in %1</source>
        <translation>
            <numerusform>%Ln row in %1</numerusform>
            <numerusform>%Ln rows in %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %Ln picture(s) without an embedding that is a number; they count as misses</source>
        <translation>
            <numerusform>%1: %Ln picture without an embedding that is a number; they count as misses</numerusform>
            <numerusform>%1: %Ln pictures without an embedding that is a number; they count as misses</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) could not be read and left out; the first: %1</source>
        <translation>
            <numerusform>%Ln picture could not be read and left out; the first: %1</numerusform>
            <numerusform>%Ln pictures could not be read and left out; the first: %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>One data set is evaluated at a time: %1 is taken, %Ln other(s) not</source>
        <translation>
            <numerusform>One data set is evaluated at a time: %1 is taken, %Ln other not</numerusform>
            <numerusform>One data set is evaluated at a time: %1 is taken, %Ln others not</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ExportPanel</name>
    <message numerus="yes">
        <source>of %Ln video(s) one per key frame</source>
        <translation>
            <numerusform>of %Ln video one per key frame</numerusform>
            <numerusform>of %Ln videos one per key frame</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::FewShotPlot</name>
    <message numerus="yes">
        <source>%Ln labelled picture(s) a class</source>
        <translation>
            <numerusform>%Ln labelled picture a class</numerusform>
            <numerusform>%Ln labelled pictures a class</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::FolderPanel</name>
    <message numerus="yes">
        <source>%Ln frame(s)</source>
        <translation>
            <numerusform>%Ln frame</numerusform>
            <numerusform>%Ln frames</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::LabelPane</name>
    <message numerus="yes">
        <source>remove %Ln image(s)</source>
        <translation>
            <numerusform>remove %Ln image</numerusform>
            <numerusform>remove %Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s) written to %1</source>
        <translation>
            <numerusform>%Ln image written to %1</numerusform>
            <numerusform>%Ln images written to %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 (with an error: %Ln)</source>
        <translation>
            <numerusform>%1 (with an error: %Ln)</numerusform>
            <numerusform>%1 (with an error: %Ln)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln label(s)</source>
        <translation>
            <numerusform>%Ln label</numerusform>
            <numerusform>%Ln labels</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 Other things: %Ln picture(s)</source>
        <translation>
            <numerusform>%1 Other things: %Ln picture</numerusform>
            <numerusform>%1 Other things: %Ln pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s) taken out of the list; the files stay</source>
        <translation>
            <numerusform>%Ln image taken out of the list; the file stays</numerusform>
            <numerusform>%Ln images taken out of the list; the files stay</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln of them without scores, which are not finished. Export again when they are</source>
        <translation>
            <numerusform>%1, %Ln of them without scores, which are not finished. Export again when they are</numerusform>
            <numerusform>%1, %Ln of them without scores, which are not finished. Export again when they are</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::MainWindow</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::MatrixPane</name>
    <message numerus="yes">
        <source>first %Ln</source>
        <translation>
            <numerusform>first %Ln</numerusform>
            <numerusform>first %Ln</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln pairs</source>
        <translation>
            <numerusform>%1, %Ln pair</numerusform>
            <numerusform>%1, %Ln pairs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln images</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln captions</source>
        <translation>
            <numerusform>%Ln caption</numerusform>
            <numerusform>%Ln captions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln caption(s) are longer than this model reads; their ends are left out.</source>
        <translation>
            <numerusform>%Ln caption is longer than this model reads; its end is left out.</numerusform>
            <numerusform>%Ln captions are longer than this model reads; their ends are left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A matrix shows %1 images; %Ln were left out</source>
        <translation>
            <numerusform>A matrix shows %1 images; %Ln was left out</numerusform>
            <numerusform>A matrix shows %1 images; %Ln were left out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ObjectivePage</name>
    <message numerus="yes">
        <source>%n epochs</source>
        <translation>
            <numerusform>%n epoch</numerusform>
            <numerusform>%n epochs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ProbePanel</name>
    <message numerus="yes">
        <source>Probe batch, %n pairs</source>
        <translation>
            <numerusform>Probe batch, %n pair</numerusform>
            <numerusform>Probe batch, %n pairs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ReliabilityPlot</name>
    <message numerus="yes">
        <source>%Ln answer(s) that say %1 are right in %2</source>
        <translation>
            <numerusform>%Ln answer that says %1 is right in %2</numerusform>
            <numerusform>%Ln answers that say %1 are right in %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %Ln answer(s) say 93% or more</source>
        <translation>
            <numerusform>%1 of %Ln answer says 93% or more</numerusform>
            <numerusform>%1 of %Ln answers say 93% or more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ReportView</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n dimension(s)</source>
        <translation>
            <numerusform>%n dimension</numerusform>
            <numerusform>%n dimensions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tensor(s)</source>
        <translation>
            <numerusform>%Ln tensor</numerusform>
            <numerusform>%Ln tensors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ResultModel</name>
    <message numerus="yes">
        <source>%Ln moment(s)</source>
        <translation>
            <numerusform>%Ln moment</numerusform>
            <numerusform>%Ln moments</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln alike</source>
        <translation>
            <numerusform>%Ln alike</numerusform>
            <numerusform>%Ln alike</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ResultsAxes</name>
    <message numerus="yes">
        <source>paired bootstrap, %Ln draw(s)</source>
        <translation>
            <numerusform>paired bootstrap, %Ln draw</numerusform>
            <numerusform>paired bootstrap, %Ln draws</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ScorePanel</name>
    <message numerus="yes">
        <source>%Ln point(s) ahead of “%1”</source>
        <translation>
            <numerusform>%Ln point ahead of “%1”</numerusform>
            <numerusform>%Ln points ahead of “%1”</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>“%1” is only %Ln point(s) behind</source>
        <translation>
            <numerusform>“%1” is only %Ln point behind</numerusform>
            <numerusform>“%1” is only %Ln points behind</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SearchPane</name>
    <message numerus="yes">
        <source>%Ln frame(s) written</source>
        <translation>
            <numerusform>%Ln frame written</numerusform>
            <numerusform>%Ln frames written</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln video(s)</source>
        <translation>
            <numerusform>%Ln video</numerusform>
            <numerusform>%Ln videos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln moment(s)</source>
        <translation>
            <numerusform>%Ln moment</numerusform>
            <numerusform>%Ln moments</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 in %Ln group(s)</source>
        <translation>
            <numerusform>%1 in %Ln group</numerusform>
            <numerusform>%1 in %Ln groups</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::Services</name>
    <message numerus="yes">
        <source>One model is open at a time: %1 is opened, %Ln other(s) not</source>
        <translation>
            <numerusform>One model is open at a time: %1 is opened, %Ln other is not</numerusform>
            <numerusform>One model is open at a time: %1 is opened, %Ln others are not</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SetsButton</name>
    <message numerus="yes">
        <source>%Ln own template(s)</source>
        <translation>
            <numerusform>%Ln own template</numerusform>
            <numerusform>%Ln own templates</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SetupPanel</name>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln class(es)</source>
        <translation>
            <numerusform>%Ln class</numerusform>
            <numerusform>%Ln classes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln text(s)</source>
        <translation>
            <numerusform>%Ln text</numerusform>
            <numerusform>%Ln texts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln seed(s)</source>
        <translation>
            <numerusform>%Ln seed</numerusform>
            <numerusform>%Ln seeds</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::ShownRow</name>
    <message numerus="yes">
        <source>%Ln picture(s) of %1</source>
        <translation>
            <numerusform>%Ln picture of %1</numerusform>
            <numerusform>%Ln pictures of %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SidePanel</name>
    <message numerus="yes">
        <source>%Ln label(s) read from %1</source>
        <translation>
            <numerusform>%Ln label read from %1</numerusform>
            <numerusform>%Ln labels read from %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln template(s) read from %1</source>
        <translation>
            <numerusform>%Ln template read from %1</numerusform>
            <numerusform>%Ln templates read from %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SortDialog</name>
    <message numerus="yes">
        <source>%Ln unsure</source>
        <translation>
            <numerusform>%Ln unsure</numerusform>
            <numerusform>%Ln unsure</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln without a label</source>
        <translation>
            <numerusform>%Ln without a label</numerusform>
            <numerusform>%Ln without a label</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %Ln picture(s)</source>
        <translation>
            <numerusform>Move %Ln picture</numerusform>
            <numerusform>Move %Ln pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Copy %Ln picture(s)</source>
        <translation>
            <numerusform>Copy %Ln picture</numerusform>
            <numerusform>Copy %Ln pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SortPreview</name>
    <message numerus="yes">
        <source>%Ln unsure</source>
        <translation>
            <numerusform>%Ln unsure</numerusform>
            <numerusform>%Ln unsure</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln without a label that fits</source>
        <translation>
            <numerusform>%Ln without a label that fits</numerusform>
            <numerusform>%Ln without a label that fits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln not labelled yet</source>
        <translation>
            <numerusform>%Ln not labelled yet</numerusform>
            <numerusform>%Ln not labelled yet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln that cannot be read</source>
        <translation>
            <numerusform>%Ln that cannot be read</numerusform>
            <numerusform>%Ln that cannot be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln already in place</source>
        <translation>
            <numerusform>%Ln already in place</numerusform>
            <numerusform>%Ln already in place</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) missing: %1</source>
        <translation>
            <numerusform>%Ln file missing: %1</numerusform>
            <numerusform>%Ln files missing: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SortSession</name>
    <message numerus="yes">
        <source>sort %Ln picture(s)</source>
        <translation>
            <numerusform>sort %Ln picture</numerusform>
            <numerusform>sort %Ln pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) moved back</source>
        <translation>
            <numerusform>%Ln picture moved back</numerusform>
            <numerusform>%Ln pictures moved back</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln copied picture(s) removed</source>
        <translation>
            <numerusform>%Ln copied picture removed</numerusform>
            <numerusform>%Ln copied pictures removed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) moved into folders in %1</source>
        <translation>
            <numerusform>%Ln picture moved into folders in %1</numerusform>
            <numerusform>%Ln pictures moved into folders in %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) copied into folders in %1</source>
        <translation>
            <numerusform>%Ln picture copied into folders in %1</numerusform>
            <numerusform>%Ln pictures copied into folders in %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, and %Ln other(s) failed</source>
        <translation>
            <numerusform>%1, and %Ln other failed</numerusform>
            <numerusform>%1, and %Ln others failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SourceRow</name>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln video(s)</source>
        <translation>
            <numerusform>%Ln video</numerusform>
            <numerusform>%Ln videos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln could not be read</source>
        <translation>
            <numerusform>%Ln could not be read</numerusform>
            <numerusform>%Ln could not be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::SourceView</name>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n could not be read</numerusform>
            <numerusform>%n could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more line(s) like that</source>
        <translation>
            <numerusform>%Ln more line like that</numerusform>
            <numerusform>%Ln more lines like that</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::StatusBar</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::VideoPage</name>
    <message numerus="yes">
        <source>%Ln frame(s) looked at</source>
        <translation>
            <numerusform>%Ln frame looked at</numerusform>
            <numerusform>%Ln frames looked at</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>diagonal::WordsHistogram</name>
    <message numerus="yes">
        <source>median %n words</source>
        <translation>
            <numerusform>median %n word</numerusform>
            <numerusform>median %n words</numerusform>
        </translation>
    </message>
</context>
</TS>
